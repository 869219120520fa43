-- Whether the messages of a case name each other.

CREATE INDEX parent_of_message ON thread (message) WHERE role = 'parent';
