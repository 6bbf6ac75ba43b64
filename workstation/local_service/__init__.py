"""The embedded reading service: DICOMweb and UPS-RS on loopback, for the demo, tests and the field.

`ingest` fills it, `running` starts it, `application` is its table of routes. A request passes
`auth` (login, Host), a `*_routes` module, then `objects` (images and reports, never overwritten)
or `workitems` (the worklist, its rules in `procedure_step`); every change of a work item goes
through `channel` to those who watch it.
"""
