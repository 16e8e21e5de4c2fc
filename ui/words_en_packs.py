"""What is wrong with a pack of an office, said twice: of one in force, and of a file that somebody offers."""

from __future__ import annotations

_WRONG = {
    "office_file_unreadable": "The office profile {file} cannot be read ({detail}).",
    "office_key_missing": "The office profile {file} is incomplete: {key} is missing.",
    "office_key_unknown": "The office profile {file} has a key that no profile knows: {key} (perhaps {near}).",
    "office_value_wrong": "The office profile {file} says {value} for {key}, which is not possible; it takes {wanted}.",
    "office_name_twice": "The office profile {file} names {name} twice, the second time at {key}.",
    "office_reference_unknown": "The office profile {file} names {name} at {key}, but holds no such thing. There are: {known}.",
    "office_label_unknown": "The office profile {file} has a caption at {key} that the reader does not know as {role}: {label}.",
    "format_example_fails": "The office profile {file} has an example at {key} that does not fit {format}: {example}.",
    "format_id_twice": "The office profile {file} uses the name {name} at {key}, which is taken already.",
    "format_pattern_invalid": "The office profile {file} has a pattern at {key} that cannot be used ({detail}): {pattern}.",
    "format_pattern_too_slow": "The office profile {file} has a pattern at {key} that could take for ever on some page ({detail}): {pattern}.",
    "format_template_wrong": "The office profile {file} has a form at {key} that cannot be filled from its pattern ({detail}): {template}.",
    "canonical_form_unstable": "The office profile {file} gives the example {example} at {key} two forms, so one number could become two.",
}
_IN_FORCE = (
    " Ask whoever made the pack to correct it; if it lies in a home, import a good one or take it away; if it came "
    "with the program, repair the installation: run the setup (or the start command) once more."
)
_OFFERED = (
    " Choose the file that the other office exported (foliodesk office export writes one), or ask whoever made "
    "this one to correct it."
)

PACK_ERRORS = {
    **{code: words + _IN_FORCE for code, words in _WRONG.items()},
    **{f"{code}_offered": words + _OFFERED for code, words in _WRONG.items()},
}
