"""The declarations of dictation: engine, microphone, devices, what follows a spoken command."""

from __future__ import annotations

from workstation.settings.setting import Setting

#: What a key of a dictation microphone may do; `workflow.hand_devices` knows the commands.
_DEVICE_KEYS = (
    "nothing",
    "take back the correction",
    "take back the sentence",
    "normal statements",
    "insert the measurement",
    "key image",
    "next series",
    "previous series",
    "show what stands open",
)

DICTATION: tuple[Setting, ...] = (
    Setting(
        "dictation.engine",
        "Dictation",
        "Speech engine",
        "auto takes Moonshine base where this machine writes a sentence with it in less than a"
        " second, Moonshine tiny otherwise. faster-whisper, whisper.cpp and vosk need a model of"
        " your own. none switches dictation off.",
        "auto",
        choices=("auto", "tiny", "base", "faster-whisper", "whisper.cpp", "vosk", "none"),
        at_once=True,
    ),
    Setting(
        "dictation.model_path",
        "Dictation",
        "Model of your own",
        "A folder for faster-whisper (a model of CTranslate2) and vosk, a ggml file for"
        " whisper.cpp. Nothing is fetched.",
        "",
        at_once=True,
    ),
    Setting(
        "dictation.microphone",
        "Dictation",
        "Microphone",
        "The one that the system prefers, unless you name one.",
        "",
    ),
    Setting(
        "dictation.mouse_button",
        "Dictation",
        "Mouse button to talk with",
        "Held, or tapped to begin and to end, as F4. It does nothing else then.",
        "none",
        choices=("none", "back", "forward", "middle"),
        at_once=True,
    ),
    Setting(
        "dictation.devices",
        "Dictation",
        "Pedals and dictation microphones",
        "Philips SpeechMike and pedals, PowerMic III and 4 are read over USB: record talks, tab"
        " goes through the fields, play plays the sentence.",
        True,
        at_once=True,
    ),
    *(
        Setting(
            f"dictation.device_f{number}",
            "Dictation",
            f"Key F{number} of the device",
            "What that key of a dictation microphone does.",
            chosen,
            choices=_DEVICE_KEYS,
            at_once=True,
        )
        for number, chosen in (
            (1, "take back the correction"),
            (2, "normal statements"),
            (3, "insert the measurement"),
            (4, "show what stands open"),
        )
    ),
    Setting(
        "dictation.pause_seconds",
        "Dictation",
        "Pause (seconds)",
        "How long you must be silent for a sentence to be written.",
        0.7,
        minimum=0.3,
        maximum=2.0,
        at_once=True,
    ),
    Setting(
        "dictation.correct",
        "Dictation",
        "Correct by sound",
        "Words that the model does not know are replaced by the radiology phrase that sounds like"
        " them. Each is underlined, and F10 takes it back. Numbers, negation and sides are never"
        " changed.",
        True,
    ),
    Setting(
        "dictation.command_sound",
        "Dictation",
        "Sound after a spoken command",
        "Two short rising tones when it was done, a low one when it was not understood.",
        True,
        at_once=True,
    ),
    Setting(
        "dictation.command_flash",
        "Dictation",
        "Flash after a spoken command",
        "The bar under the images lights up for a moment. What was done stands there in any case.",
        True,
        at_once=True,
    ),
)
