"""English words of stacks: how they are divided, their separators, cover sheets. As in words_en."""

from __future__ import annotations

STACK_REASONS: dict[str, str] = {
    "cover_broken": "The code of the cover on page {page:d} is damaged or was changed: nothing of it was believed. Compare with the paper, print the cover anew",
    "sheet_broken": "The code of the document sheet on page {page:d} is damaged or was changed: its type and date were not believed",
    "cover_other_office": "The cover on page {page:d} is of another office ({office}, {number}): is this folder here by mistake?",
    "cover_number_unknown": "The cover on page {page:d} bears {number}, which is no number form of this office",
    "sheets_differ": "The cover says {expected:sheet|sheets}, but {seen:came|came}: count the paper again",
    "folders_differ": "The stack was said to have {expected:folder|folders}, but {seen:was|were} found: was a separator missed?",
    "maybe_missed_separator": "Much longer than the others of its stack ({seen:page|pages}, usual are {usual}): was a separator missed?",
    "no_separator": "No separator was found in this stack: it is one folder",
    "no_cover_before": "These pages lay before the first cover of the stack: whose are they?",
    "print_on_separator": "The other side of a separator sheet is printed: does it belong to this folder?",
    "came_late": "These pages came when {dossier} had left already: send that folder again with them, or put them where they belong",
}

STACK_ERRORS: dict[str, str] = {
    "separation_unknown": "{given} is no way to divide a stack. Known are: {known}.",
    "separation_count_wrong": "{given} does not say how many sheets a folder has. Write count: and a number from 1 to {most}, such as count:12.",
    "separation_missing": "--both-sides and --folders are about stacks. Say with --separate how they are divided.",
    "border_is_there": "{dossier} begins with this page already.",
    "no_folder_before": "No folder of the same stack stands before {dossier}.",
    "dossier_gone": "{dossier} was put to the folder before it. The screen now shows how it stands.",
    "cut_in_spread": "This is the right half of a scan of two pages. Let the folder begin at its left half, or at the page after it.",
}

STACK_ACTIONS: dict[str, str] = {
    "divided": "cut out of its stack",
    "dissolved": "all its pages are in other folders now",
    "separator_seen": "separator sheet seen",
    "folder_cut": "a folder begins at this page, by hand",
    "folder_cut_undone": "cut between folders taken back",
    "folder_joined": "put to the folder before it, by hand",
    "folder_join_undone": "putting folders together taken back",
    "link_given_back": "number given back with its folder",
    "awaits_division": "stack to be looked at again, pages came",
    "divided_anew": "stack to be divided in another way",
    "taken_into": "late files go to another folder of the stack",
    "not_divided": "the stack could not be divided",
}

STACKS: dict[str, str] = {
    "capture.stack": "What is offered",
    "capture.stack_none": "One folder each",
    "capture.stack_covers": "Stack: cover sheets between folders",
    "capture.stack_patch": "Stack: Patch sheets between folders",
    "capture.stack_blank": "Stack: blank sheets between folders",
    "capture.stack_count": "Stack: so many sheets a folder",
    "capture.stack_forms": "Stack: a cover or request begins a folder",
    "capture.stack_sheets": "Sheets a folder",
    "capture.stack_folders": "Folders in it",
    "capture.stack_folders_any": "not counted",
    "capture.stack_both": "Both sides scanned",
    "acts.cut": "A folder begins at page {page}; both are looked at again.",
    "acts.joined": "{name} was put to the folder before it.",
    "keys.cut_folder": "a new folder begins at this page",
    "keys.join_folder": "put this folder to the one before it",
}
