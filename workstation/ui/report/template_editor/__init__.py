"""The editor of templates and macros, with a preview."""
