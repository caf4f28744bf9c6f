from pruneview.__main__ import main

raise SystemExit(main())
