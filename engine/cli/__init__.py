"""The command line: the same configs and jobs as the pages, in a terminal. It does no work itself."""
