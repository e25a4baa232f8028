"""Building blocks that every page uses: page head, fields, jobs, dialogs, colours."""
