-- SPDX-License-Identifier: Apache-2.0

DROP TABLE authd.audit_cuts;

DROP TABLE authd.audit_head;

DROP TABLE authd.audit_segments;

DROP TABLE authd.audit_events;
