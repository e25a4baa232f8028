"""Names that do not say their encoding: in archives of other systems, and in folders that were unpacked from them."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from engine.config.importing import ImportConfig
from engine.config.scene_importing import SceneImportConfig
from engine.datasets.importing import make_report, scan_source
from engine.datasets.scenes.importing.report import make_scene_report
from engine.datasets.scenes.importing.scan import scan_scenes
from engine.errors import SourceError
from engine.sources.archive import ZipTree
from engine.sources.folder import FolderTree
from engine.sources.locate import DATA_ROOT
from engine.workspace import Workspace
from tests.helpers.sources import png, save_files, unicode_field, zipped, zipped_as


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(DATA_ROOT, str(tmp_path))
    return tmp_path


def imported(workspace: Workspace, root: Path, content: bytes, **settings: str) -> dict[str, str]:
    """The labels of an archive by the names of their images."""
    save_files(root, {"a.zip": content})
    config = ImportConfig.parse({"path": "a.zip"} | settings)
    scanned = scan_source(workspace, config)
    assert {problem.reason for problem in make_report(scanned, config).problems} <= {"repeated"}
    return {image.item.name: image.item.label for image in scanned.items}


WORDS = {
    "gb18030": ["图片1", "图片2"],
    "big5": ["功課1", "許蓋2"],  # both with a \ as the second byte of a character
    "shift_jis": ["表ソ1", "画像2"],  # likewise
    "cp932": ["①髙1", "画像2"],
    "euc_kr": ["그림1", "단어2"],
    "euc_jp": ["画像1", "言葉2"],
    "cp1252": ["Straße1", "Müller2"],
    "cp850": ["Straße1", "Müller2"],
    "cp437": ["señor1", "niño2"],
    "cp866": ["слово1", "буква2"],
    "cp1251": ["слово1", "буква2"],
    "koi8_r": ["слово1", "буква2"],
    "cp1253": ["λέξη1", "γράμμα2"],
    "cp1250": ["źródło1", "łódź2"],
    "cp1256": ["كلمة1", "حرف2"],
}


@pytest.mark.parametrize("codec", WORDS)
def test_the_names_are_those_that_a_list_in_the_archive_holds(workspace: Workspace, root: Path, codec: str):
    first, second = WORDS[codec]
    files = {f"{first}.png".encode(codec): png(1), f"{second}.png".encode(codec): png(2)}
    table = f"{first}.png\tone\n{second}.png\ttwo\n"
    assert imported(workspace, root, zipped_as({**files, b"labels.tsv": table})) == {
        f"{first}.png": "one",
        f"{second}.png": "two",
    }


LISTS = {
    "with folders": ("labels.tsv", "images/{0}.png\tone\nimages/{1}.png\ttwo\n"),
    "without endings": ("gt.txt", "{0}.png, one\n{1}.png, two\n"),
    "JSON with escapes": ("labels.json", '{{"\\u56fe\\u72471.png": "one", "\\u56fe\\u72472.png": "two"}}'),
    "decomposed": ("labels.csv", "filename,words\n{0}.png,one\n{1}.png,two\n"),
}


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("encoding", ["auto", "gb18030", "cp1252", "utf-8"])
def test_a_list_decides_in_all_its_forms_whatever_is_said_of_text(
    workspace: Workspace, root: Path, kind: str, encoding: str
):
    name, content = LISTS[kind]
    files = {f"images/图片{number}.png".encode("gb18030"): png(number) for number in (1, 2)}
    content = zipped_as({**files, name.encode(): content.format("图片1", "图片2")})
    labels = imported(workspace, root, content, encoding=encoding)
    assert labels == {"images/图片1.png": "one", "images/图片2.png": "two"}


@pytest.mark.parametrize("codec", ["gb18030", "shift_jis", "cp1252", "cp866", "cp1251", "euc_kr", "big5", "cp850"])
def test_without_a_list_the_encoding_is_asked_for_and_then_makes_the_labels(
    workspace: Workspace, root: Path, codec: str
):
    words = ["词语", "字典"] if codec == "gb18030" else [word[:-1] for word in WORDS[codec]]
    content = zipped_as({f"{word}_1.png".encode(codec): png(at) for at, word in enumerate(words)})
    with pytest.raises(SourceError, match=rf"{words[0]}_1.*--encoding"):
        imported(workspace, root, content)
    assert list(imported(workspace, root, content, encoding=codec).values()) == [
        word for _, word in sorted((f"{word}_1", word) for word in words)
    ]


def test_a_list_in_the_same_unknown_encoding_is_no_witness(workspace: Workspace, root: Path):
    content = zipped_as({"词.png".encode("gb18030"): png(1), b"labels.tsv": "词.png\t词".encode("gb18030")})
    with pytest.raises(SourceError, match="gb18030"):
        imported(workspace, root, content)
    assert imported(workspace, root, content, encoding="gb18030") == {"词.png": "词"}


def test_names_in_one_encoding_and_a_list_in_another_both_come_in(workspace: Workspace, root: Path):
    table = "Müller.png\tMüller\nStraße.png\tStraße".encode("cp1252")
    files = {"Müller.png".encode("cp850"): png(1), "Straße.png".encode("cp850"): png(2), b"labels.tsv": table}
    labels = imported(workspace, root, zipped_as(files), encoding="cp1252")
    assert labels == {"Müller.png": "Müller", "Straße.png": "Straße"}


def test_names_in_utf_8_need_no_flag_and_may_be_decomposed_as_on_a_mac(workspace: Workspace, root: Path):
    files = {"cafe\u0301_1.png".encode(): png(1), "가_2.png".encode(): png(2)}
    assert sorted(imported(workspace, root, zipped_as(files)).values()) == ["café", "가"]
    assert sorted(imported(workspace, root, zipped_as(files), encoding="gb18030").values()) == ["café", "가"]


def test_names_that_are_utf_8_by_chance_are_those_of_the_list(workspace: Workspace, root: Path):
    stored = "图片.png".encode("gb18030")
    assert stored.decode() == "ͼƬ.png"
    assert imported(workspace, root, zipped_as({stored: png(1), b"labels.tsv": "图片.png\tone"})) == {"图片.png": "one"}
    with pytest.raises(SourceError, match="图片"):
        imported(workspace, root, zipped_as({stored: png(1)}))
    assert imported(workspace, root, zipped_as({stored: png(1)}), encoding="gb18030") == {"图片.png": "图片"}


def test_the_unicode_field_says_the_name_unless_it_stands_for_another(tmp_path: Path):
    names = {"图.png": "图.png".encode("gb18030"), "Ω.png": b"_.png", "ok.png": b"ok.png", "v2.png": b"v2.png"}
    fields = {
        names["图.png"]: b"\x99\x99\x02\x00ab" + unicode_field(names["图.png"], "图.png"),
        names["Ω.png"]: unicode_field(b"_.png", "Ω.png"),
        b"ok.png": unicode_field(b"other.png", "wrong.png"),  # its checksum is another name's
        b"v2.png": unicode_field(b"v2.png", "wrong.png", version=2),
    }
    (tmp_path / "a.zip").write_bytes(zipped_as(dict.fromkeys(names.values(), b"x"), fields))
    with ZipTree(tmp_path / "a.zip", encoding="cp1252") as tree:
        assert {name for name, _ in tree.members} == set(names)
        assert tree.read("图.png", 9) == b"x"
        assert not tree.undecoded


def test_a_name_with_a_zero_byte_is_refused_with_the_reason_and_the_others_come_in(workspace: Workspace, root: Path):
    save_files(root, {"a.zip": zipped_as({b"\0.png": png(1), b"a\0b.png": png(2), b"word_1.png": png(3)})})
    config = ImportConfig(path="a.zip")
    report = make_report(scan_source(workspace, config), config)
    [problem] = report.problems
    assert (report.accepted, problem.count, problem.title) == (1, 2, "have a zero byte in their name, as no file has")


def test_a_name_that_claims_to_be_utf_8_and_is_not_is_refused_in_words(tmp_path: Path):
    content = bytearray(zipped({"é.png": b"x"}))
    (tmp_path / "a.zip").write_bytes(bytes(content).replace("é".encode(), b"\xe9\xe9"))
    with pytest.raises(SourceError, match="Pack it again"):
        ZipTree(tmp_path / "a.zip")


def test_names_of_a_folder_are_decoded_alike(tmp_path: Path):
    os.makedirs(tmp_path / "x")
    stored = [os.fsencode(tmp_path / "x") + b"/" + name.encode("gb18030") for name in ("词语1.png", "字典2.png")]
    for path in stored:
        Path(os.fsdecode(path)).write_bytes(b"x")
    assert len(FolderTree(tmp_path / "x").undecoded) == 2
    assert [name for name, _ in FolderTree(tmp_path / "x", "gb18030").members] == ["字典2.png", "词语1.png"]
    (tmp_path / "x" / "labels.tsv").write_text("词语1.png\tone\n字典2.png\ttwo\n", encoding="utf-8")
    tree = FolderTree(tmp_path / "x")
    assert [name for name, _ in tree.members] == ["labels.tsv", "字典2.png", "词语1.png"]
    assert tree.read("词语1.png", 9) == b"x"


def test_folders_of_an_unknown_encoding_stop_nothing_as_no_label_comes_of_them(workspace: Workspace, root: Path):
    content = zipped_as({"图/word_1.png".encode("gb18030"): png(1), "图/b.png".encode("gb18030"): png(2)})
    assert sorted(imported(workspace, root, content).values()) == ["b", "word"]


def test_pages_ask_for_the_encoding_too(workspace: Workspace, root: Path):
    box = "10,10,90,10,90,40,10,40,word\n"
    files = {"照片.png".encode("gb18030"): png(1), b"other.txt": box}
    save_files(root, {"a.zip": zipped_as(files)})
    with pytest.raises(SourceError, match="--encoding"):
        scan_scenes(workspace, SceneImportConfig(path="a.zip"))


def _packed(kind: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        if kind == "nested":
            archive.writestr("inner.zip", zipped({"word_1.png": png(1)}))
            return buffer.getvalue() if archive.close() is None else b""
        link = zipfile.ZipInfo("word_1.png")
        link.external_attr = (0o120777 if kind == "link" else 0o100644) << 16
        archive.writestr(link, png(1), {"bzip2": zipfile.ZIP_BZIP2, "lzma": zipfile.ZIP_LZMA}.get(kind, 0))
        archive.writestr("labels.csv", "filename,words\nword_1.png,word\n")
    content = bytearray(buffer.getvalue())
    if kind == "encrypted":
        content[content.rindex(b"word_1.png", 0, content.rindex(b"labels.csv")) - 46 + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("bzip2", "only stored and deflated"),
        ("lzma", "only stored and deflated"),
        ("link", "never followed"),
        ("encrypted", "encrypted"),
        ("nested", "inside the archive"),
    ],
)
def test_an_archive_of_which_nothing_may_be_read_is_reported_with_the_reason(
    workspace: Workspace, root: Path, kind: str, why: str
):
    save_files(root, {"a.zip": _packed(kind)})
    config, photos = ImportConfig(path="a.zip"), SceneImportConfig(path="a.zip")
    report = make_report(scan_source(workspace, config), config)
    assert (report.accepted, report.format, [problem.count for problem in report.problems]) == (0, None, [1])
    assert why in report.problems[0].title
    assert scan_scenes(workspace, photos).issues[0].reason == report.problems[0].reason


def test_an_import_of_nothing_that_may_be_read_says_how_to_give_it(workspace: Workspace, root: Path):
    save_files(root, {"a.zip": _packed("bzip2")})
    report = make_scene_report(scan_scenes(workspace, SceneImportConfig(path="a.zip")), SceneImportConfig(path="a.zip"))
    assert "Give the images themselves" in report.refusal
