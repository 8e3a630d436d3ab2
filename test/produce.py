"""Puts records on a topic as a program of somebody else would: with librdkafka, and nothing of ours.

Reads one JSON object: brokers, topic, and records with key and value (base64, or null) and headers.
Records of which "abort" is true are sent in a transaction that is then given up.
"""

import base64
import json
import sys

from confluent_kafka import Producer


def taken_apart(text):
    return None if text is None else base64.b64decode(text)


wanted = json.load(sys.stdin)
failed = []


def told(error, _):
    if error is not None:
        failed.append(str(error))


def send(producer, records):
    for record in records:
        producer.produce(
            wanted["topic"],
            key=taken_apart(record["key"]),
            value=taken_apart(record["value"]),
            headers=[(name, value.encode()) for name, value in record["headers"].items()],
            on_delivery=told,
        )


plain = Producer({"bootstrap.servers": wanted["brokers"]})
send(plain, [record for record in wanted["records"] if not record["abort"]])
plain.flush()

given_up = [record for record in wanted["records"] if record["abort"]]
if given_up:
    careful = Producer({"bootstrap.servers": wanted["brokers"], "transactional.id": wanted["topic"]})
    careful.init_transactions()
    careful.begin_transaction()
    send(careful, given_up)
    careful.flush()
    careful.abort_transaction()

if failed:
    sys.exit("; ".join(failed))
