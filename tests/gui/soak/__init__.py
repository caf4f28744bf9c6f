"""Hours at the window in minutes: what is left over afterwards?"""
