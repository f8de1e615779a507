"""Validates JSON against a JSON schema: `valid.py SCHEMA DOCUMENT...`, with the package jsonschema and nothing of ours.

Prints every violation with its place and leaves with 1 when there is one.
"""

import json
import sys

import jsonschema


def main(schema_path, *documents):
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    make = jsonschema.validators.validator_for(schema)
    make.check_schema(schema)
    validator = make(schema)
    wrong = 0
    for path in documents:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        for error in validator.iter_errors(document):
            print(f"{path}: {'/'.join(map(str, error.absolute_path))}: {error.message[:500]}")
            wrong += 1
    print(f"{len(documents)} documents, {wrong} violations")
    return 1 if wrong or not documents else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
