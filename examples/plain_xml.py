"""File hand-written XML: for programs that make the documents themselves.

Start a mock first (``cybertip mock``); then run ``python examples/plain_xml.py``.
CYBERTIP_BASE_URL names another mock.
``cybertip send`` does the same from the command line.
"""

import os

from cybertip import Client, DocumentError, source

REPORT = b"""<?xml version="1.0" encoding="UTF-8"?>
<report>
  <incidentSummary>
    <incidentType>Online Enticement of Children for Sexual Acts</incidentType>
    <incidentDateTime>2026-03-02T09:58:12+01:00</incidentDateTime>
    <incidentDateTimeDescription>First message of the chat</incidentDateTimeDescription>
  </incidentSummary>
  <internetDetails>
    <chatImIncident>
      <chatClient>Example Chat</chatClient>
      <content>[message text]</content>
    </chatImIncident>
  </internetDetails>
  <reporter>
    <reportingPerson>
      <email>reports@example.com</email>
    </reportingPerson>
  </reporter>
  <personOrUserReported>
    <espIdentifier>user-4711</espIdentifier>
    <ipCaptureEvent>
      <ipAddress>192.0.2.44</ipAddress>
      <eventName>Login</eventName>
      <dateTime>2026-03-02T09:40:00+01:00</dateTime>
    </ipCaptureEvent>
  </personOrUserReported>
</report>
"""

DETAILS = """<?xml version="1.0" encoding="UTF-8"?>
<fileDetails>
  <reportId>{report_id}</reportId>
  <fileId>{file_id}</fileId>
  <originalFileName>chat.txt</originalFileName>
  <fileViewedByEsp>true</fileViewedByEsp>
  <fileRelevance>Supplemental Reported</fileRelevance>
</fileDetails>
"""

with Client("mock", "mock-password", base_url=os.environ.get("CYBERTIP_BASE_URL")) as client:
    # The schema is checked before anything is sent. A wrong order, for example, is found here:
    try:
        client.submit(REPORT.replace(b"<reporter>", b"<victim/><reporter>"))
    except DocumentError as problem:
        print(problem)

    report_id = client.submit(REPORT).report_id
    upload = client.upload(report_id, source(b"[message text]", name="chat.txt"))
    client.file_info(DETAILS.format(report_id=report_id, file_id=upload.file_id).encode())
    print(client.finish(report_id).receipt.decode())
