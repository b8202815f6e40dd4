-- SPDX-License-Identifier: Apache-2.0

DROP TABLE audit_cuts;

DROP TABLE audit_head;

DROP TABLE audit_segments;

DROP TABLE audit_events;
