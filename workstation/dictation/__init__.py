"""Speech to text, without a window and without a network.

`moonshine` hears, `segmenting` cuts, `bias` makes the radiology phrases likelier, `correction`
mends what sounds like a phrase, `formatting` writes numbers, units, levels and punctuation, and
`voice_commands` knows what may be said while the command key is held. `engines` gives them one
interface; an engine works in a process of its own. onnxruntime is imported nowhere else.
"""
