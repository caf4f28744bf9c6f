"""The groups of a file with numbered variables, read once into a tree."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pruneview.formats.errors import DamagedError, FormatError
from pruneview.formats.hdf5.tree import Dataset, Group
from pruneview.formats.layouts.kinds import natural_key
from pruneview.formats.limits import MAX_DEPTH, MAX_OBJECTS

# Where a model's layers are: today, in 2.13 and 2.12, and in 2.11.
CONTAINERS = ("layers", "_layer_checkpoint_dependencies", "_self_tracked_trackables")
_TRAINING = frozenset({"optimizer", "metrics", "compile_metrics", "compiled_metrics"})


@dataclass
class Node:
    """A group of the file: the variables in its ``vars``, and the groups below it.

    Attributes
    ----------
    name, label
        The group's name, and that of the layer where the file gives it.
    is_object
        It has a ``vars``: a layer or another object, not a list of them.
    variables
        By their numbers, in order.
    backslashes
        Names of groups below are joined by backslashes.
    position
        Of the file and in the file; it grows in the order of writing.
    """

    name: str
    label: str | None = None
    is_object: bool = False
    variables: list[tuple[str, Dataset]] = field(default_factory=list)
    children: "dict[str, Node]" = field(default_factory=dict)
    backslashes: bool = False
    position: tuple[int, int] = (0, 0)

    def holds_layers(self) -> bool:
        """Whether any group here or below has a ``vars``."""
        return self.is_object or any(c.holds_layers() for c in self.children.values())

    def all_variables(self) -> list[Dataset]:
        """Return the variables here and below."""
        found = [dataset for _, dataset in self.variables]
        for child in self.children.values():
            found += child.all_variables()
        return found


def scan(groups: Iterable[Group], notes: list[str]) -> Node:
    """Read the tree of groups, joined where the weights come in several files.

    Each group is read once, however often it is linked.
    """
    root = Node("")
    for number, group in enumerate(groups):
        _scan_into(root, group, notes, {group.identity}, (number, 0))
    return root


def _scan_into(
    node: Node,
    group: Group,
    notes: list[str],
    seen: set[int],
    level: tuple[int, int],
) -> None:
    file, depth = level
    if depth > MAX_DEPTH or len(seen) > MAX_OBJECTS:
        raise FormatError(
            "The file's groups are nested too deeply, or are too many, for a real"
            " model, so it was not opened."
        )
    for name in group.names():
        try:
            member = group.member(name)
        except DamagedError as error:
            notes.append(str(error))
            continue
        if isinstance(member, Dataset):
            if node.name == "vars":
                node.variables.append((name, member))
            continue
        if member.identity in seen:
            continue
        seen.add(member.identity)
        target = node
        # Files written on Windows join the names by backslashes.
        *above, own = [piece for piece in name.split("\\") if piece] or [name]
        node.backslashes |= bool(above)
        below = (file, depth + len(above) + 1)
        for piece in above:
            target = target.children.setdefault(piece, Node(piece))
        if own == "vars":
            holder = Node("vars")
            _scan_into(holder, member, notes, seen, below)
            target.is_object = True
            # A header may lie in space freed earlier; hardly both of the two do.
            target.position = max(target.position, (file, member.identity))
            target.label = member.text("name") or target.label
            target.variables += sorted(
                holder.variables, key=lambda v: natural_key(v[0])
            )
        else:
            child = target.children.setdefault(own, Node(own))
            child.position = max(child.position, (file, member.identity))
            _scan_into(child, member, notes, seen, below)


def split_off_training(root: Node) -> list[Dataset]:
    """Take optimizer and metric variables out of the tree and return them.

    A nested model that was compiled on its own has an optimizer too.
    """
    taken: list[Dataset] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node is root or any(c in node.children for c in CONTAINERS):
            for name in [n for n, c in node.children.items() if _is_training(n, c)]:
                taken += node.children.pop(name).all_variables()
        waiting += node.children.values()
    return taken


def _is_training(name: str, node: Node) -> bool:
    bare = name.lstrip("_")
    if bare in _TRAINING:
        return True
    # A person's own layer may be called so, but holds more than sums and counts.
    tracks = bare == "loss" or bare.endswith("_tracker")
    return tracks and not any(dataset.shape for dataset in node.all_variables())
