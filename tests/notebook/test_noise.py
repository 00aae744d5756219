import pytest

from offbook.notebook.noise import noise_of
from offbook.notebook.reader import summarize_output

KERAS = "Epoch 1/2\n" + "33/33 [==============================] - 2s 32ms/step - loss: 0.0393\n" * 6
KERAS_3 = "\x1b[1m33/33\x1b[0m \x1b[32m━━━━━━━━━━━━\x1b[0m\x1b[37m\x1b[0m \x1b[1m0s\x1b[0m 0us/step\n" * 6
TQDM = "  0%|          | 0/3 [00:00<?, ?it/s]\r 33%|███▎      | 1/3 [00:01<00:02]\r100%|██████████| 3/3 [00:03]\n"
PIP = "Collecting pandas\n  Using cached pandas.whl\nRequirement already satisfied: numpy in /lib\n"
LOG = "\x1b[32mINFO\x1b[0m started\n" * 3
WARNED = "/lib/a.py:1: FutureWarning: gone soon\n  f()\n" * 3


@pytest.mark.parametrize(
    ("text", "warned", "found"),
    [
        (KERAS, False, ("progress", 6)),
        (KERAS_3, False, ("progress", 6)),
        (TQDM, True, ("progress", 3)),
        ("1\r2\r3\r4\n", False, ("progress", 3)),
        (PIP, False, ("installer", 3)),
        (LOG, True, ("log", 3)),
        (WARNED, True, ("warnings", 3)),
        (WARNED, False, ("", 0)),
        ("", False, ("", 0)),
        ("one\r\ntwo\r\n", False, ("", 0)),
        ("A|1,345,626|43.123%|30|AL AR CT\n" * 9, False, ("", 0)),
        ("────────────\n" * 9, False, ("", 0)),
        ("\x1b[34mimages\x1b[m  notes.txt\n" * 9, False, ("", 0)),
        ("Collection of notes\n3/4 of it [a, b]\n" * 9, False, ("", 0)),
    ],
)
def test_noise_is_told_by_its_lines(text: str, warned: bool, found: tuple[str, int]) -> None:
    assert noise_of(text, warned=warned) == found


def test_only_the_beginning_of_a_text_is_looked_at() -> None:
    assert noise_of("quiet\n" * 1000 + TQDM, warned=True) == ("", 0)
    assert noise_of(TQDM * 10_000, warned=True)[1] < 200


def test_the_noise_of_a_stream_is_part_of_its_shape() -> None:
    found = summarize_output({"output_type": "stream", "name": "stderr", "text": [WARNED]})
    assert (found.noise, found.noisy_lines) == ("warnings", 3)
    found = summarize_output({"output_type": "stream", "name": "stdout", "text": [WARNED]})
    assert found.noise == ""
