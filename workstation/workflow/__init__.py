"""The journey, one module per step, in this order. Nothing skips a step, nothing goes back more
than one.

    worklist     reading tasks of all services in one list
    claiming     a task becomes ours, or says whose it is; handing back
    retrieving   instances arrive in the study store, counted against the service
    prefetching  the next cases of the list are fetched while nobody waits
    opening      the study store becomes display sets
    frame_cache  sole owner of the stored pixels of frames
    volume_loader sole writer of a volume that is being filled
    viewing      what the viewports look at: hanging, and where the views are linked
    measuring    measurements and key images, with undo
    reporting    the draft, saved as it is typed
    checking     what stands open before signing
    signing      the report and its outbox entry in one transaction
    delivering   the outbox is pumped until each part has its receipt

`jobs` is the one background helper; `workbench` holds the use cases that the windows are given.
"""
