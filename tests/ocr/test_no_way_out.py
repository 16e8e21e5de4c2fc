"""Whatever a PDF asks for, reading it opens no connection, starts nothing and reads no other file."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name

from tests.helpers.real_program import PROJECT

# A child that notes what its Python code opens while it takes a file in and draws it (PEP 578).
WATCHED = """
import json, sys
from pathlib import Path
from app.jobs.worker_process import MOST_BYTES, begin

begin(MOST_BYTES)
import cv2, pikepdf, pypdfium2, PIL.Image
from ocr.intake.intake import take_in
from ocr.types import IntakeTask

PIL.Image.init()
source, store, out = map(Path, sys.argv[1:])
take_in(IntakeTask(source, store, store))  # what is imported late is opened now
seen = []

def note(event, args):
    if event == "open" or event.split(".")[0] in {"socket", "subprocess", "os", "ctypes", "winreg", "webbrowser"}:
        seen.append((event, str(args[0]) if args else ""))

sys.addaudithook(note)
result = take_in(IntakeTask(source, store, store))

out.write_text(json.dumps({"seen": list(seen), "notes": result.notes, "pages": len(result.pages)}))
"""
STARTS = (
    "subprocess",
    "os.system",
    "os.exec",
    "os.spawn",
    "os.posix_spawn",
    "os.startfile",
    "os.fork",
    "socket",
)


def hostile_pdf(path: Path, secret: Path, port: int) -> None:
    url = f"http://127.0.0.1:{port}/told"
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(200, 280))
        page = document.pages[0]
        other_file = Dictionary(Type=Name.Filespec, F=str(secret), UF=str(secret))
        actions = [
            Dictionary(S=Name.URI, URI=url),
            Dictionary(S=Name.Launch, F=other_file),
            Dictionary(S=Name.GoToR, F=other_file, D=Array([0, Name.Fit])),
            Dictionary(S=Name.JavaScript, JS=f"app.launchURL('{url}', true);"),
            Dictionary(S=Name.SubmitForm, F=Dictionary(FS=Name.URL, F=url), Flags=0),
            Dictionary(S=Name.ImportData, F=other_file),
        ]
        annotations = [
            Dictionary(
                Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 200, 280], A=action, AA=Dictionary(PO=action)
            )
            for action in actions
        ]
        page.Annots = Array(annotations)
        page.AA = Dictionary(O=actions[0], C=actions[1])
        document.Root.OpenAction = actions[3]
        document.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["run", actions[3]])))
        field = Dictionary(FT=Name.Tx, T="name", V="typed", AA=Dictionary(K=actions[3], F=actions[4]))
        document.Root.AcroForm = Dictionary(Fields=Array([document.make_indirect(field)]), XFA="<xdp/>")
        document.attachments["virus.exe"] = b"MZ"
        picture = document.make_stream(b"")  # an image whose data lie in another file (ISO 32000-1, 7.3.8)
        picture.Type, picture.Subtype, picture.Width, picture.Height = Name.XObject, Name.Image, 8, 8
        picture.ColorSpace, picture.BitsPerComponent, picture.F = Name.DeviceGray, 8, other_file
        page.Resources = Dictionary(XObject=Dictionary(Scan=picture))
        page.Contents = document.make_stream(b"q 200 0 0 280 0 0 cm /Scan Do Q")
        document.save(path)


def keeps_times_of_reading(directory: Path) -> bool:
    control = directory / "control.txt"
    control.write_bytes(b"read me")
    os.utime(control, ns=(10**18, 2 * 10**18))
    control.read_bytes()
    return control.stat().st_atime_ns != 10**18


def test_a_pdf_full_of_actions_reaches_nothing(tmp_path: Path) -> None:
    store, secret, out = tmp_path / "store", tmp_path / "secret.txt", tmp_path / "out.json"
    store.mkdir()
    secret.write_bytes(b"\x00" * 64)
    os.utime(secret, ns=(10**18, 2 * 10**18))  # read earlier than written: any reading shows (relatime)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.2)
        hostile_pdf(tmp_path / "hostile.pdf", secret, listener.getsockname()[1])
        subprocess.run(
            [sys.executable, "-c", WATCHED, tmp_path / "hostile.pdf", store, out],
            cwd=PROJECT,
            check=True,
            timeout=120,
        )
        try:
            called, _ = listener.accept()
            called.close()
        except TimeoutError:
            called = None
    told = json.loads(out.read_text())
    assert called is None
    if keeps_times_of_reading(tmp_path):
        assert secret.stat().st_atime_ns == 10**18
    assert told["pages"] == 1
    assert {"pdf_has_javascript", "pdf_has_launch_action", "pdf_has_attachments", "pdf_has_form"} <= set(
        told["notes"]
    )
    assert [event for event, _ in told["seen"] if event.startswith(STARTS)] == []
    opened = {Path(name) for event, name in told["seen"] if event == "open" and not name.isdigit()}
    own = {
        path for path in opened if path == tmp_path / "hostile.pdf" or store in path.parents or path == store
    }
    assert opened - own == set()
