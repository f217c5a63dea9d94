"""Ids and times that the examples of all resources share."""

ID = "01a20612-a641-75d4-b92e-9103e8b2ec35"
ORGANIZATION = "01a20612-a5a4-70b4-8b4c-a7b40abb433b"
AGENT = "01a20612-a5b0-7d11-9a60-2f4c8f1d7e02"
USER = "01a20612-a59f-7c20-8d5e-6c1f0b9a4d01"
INSTANT = "2026-11-22T15:24:06.123Z"
ROW = {"id": ID, "version": 1, "createdAt": INSTANT, "updatedAt": INSTANT}
OWNED = {**ROW, "organizationId": ORGANIZATION}
