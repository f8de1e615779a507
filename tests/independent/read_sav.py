"""Reads an uncompressed SPSS system file by PSPP's "System File Format", with Python's standard library alone.

Writes its cells as CSV, and prints labels, missing codes, levels, the weight and the encoding.
"""

import csv
import struct
import sys


def main(path, out):
    data = open(path, "rb").read()
    place = 0

    def take(form):
        nonlocal place
        values = struct.unpack_from("<" + form, data, place)
        place += struct.calcsize("<" + form)
        return values if len(values) > 1 else values[0]

    magic = take("4s")
    take("60s")
    layout, case_size, compression, weight, rows = take("5i")
    bias = take("d")
    take("9s"), take("8s")
    title = take("64s").decode("utf-8").rstrip()
    take("3s")
    assert (magic, layout, compression, bias) == (b"$FL2", 2, 0, 100.0)
    variables, slots, labels, pending = [], 0, [], None
    names, levels, encoding = {}, [], None
    while True:
        kind = take("i")
        if kind == 2:
            width, has_label, missing, _, _ = take("5i")
            short = take("8s").decode("ascii").rstrip()
            slots += 1
            label = ""
            if has_label:
                size = take("i")
                label = take(f"{(size + 3) // 4 * 4}s")[:size].decode("utf-8")
            codes = [take("d") for _ in range(abs(missing))]
            if width >= 0:
                variables.append({"short": short, "width": width, "label": label, "missing": codes, "slot": slots})
        elif kind == 3:
            pending = []
            for _ in range(take("i")):
                value, size = take("d"), take("B")
                pending.append((value, take(f"{(size + 8) // 8 * 8 - 1}s")[:size].decode("utf-8")))
        elif kind == 4:
            labels += [(take("i"), pending) for _ in range(take("i"))]
        elif kind == 7:
            subtype, size, count = take("3i")
            body = take(f"{size * count}s")
            if subtype == 13:
                names = dict(pair.split("=", 1) for pair in body.decode("utf-8").split("\t"))
            elif subtype == 11:
                levels = struct.unpack(f"<{count}i", body)[::3]
            elif subtype == 20:
                encoding = body.decode("ascii")
            elif subtype == 3:
                assert struct.unpack("<8i", body)[6:] == (2, 65001)
        elif kind == 999:
            take("i")
            break
        else:
            raise ValueError(f"record {kind} at {place}")
    assert slots == case_size, (slots, case_size)
    print(title, encoding)
    for variable, level in zip(variables, levels, strict=True):
        variable["name"] = names[variable["short"]]
        print(variable["name"], variable["label"])
        print("measure", variable["name"], level)
        if variable["missing"]:
            print(variable["name"], "missing", *variable["missing"])
        if variable["slot"] == weight:
            print("weight", variable["name"])
    for slot, pairs in labels:
        name = next(v["name"] for v in variables if v["slot"] == slot)
        for value, label in pairs:
            print(name, value, label)
    with open(out, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(v["name"] for v in variables)
        for _ in range(rows):
            row = []
            for v in variables:
                if v["width"]:
                    row.append(take(f"{(v['width'] + 7) // 8 * 8}s").decode("utf-8").rstrip(" "))
                else:
                    x = take("d")
                    row.append("" if x == -sys.float_info.max else repr(x))
            writer.writerow(row)
    assert place == len(data), (place, len(data))


main(*sys.argv[1:])
