// SQLite as Swift sees it. Header only; nothing of ours is compiled from C.
#pragma once
#include <sqlite3.h>

// `sqlite3_db_config` takes variable arguments, which Swift cannot pass; this is its on-or-off form.
static inline int sqlite3_db_config_switch(sqlite3 *connection, int option, int on) {
  return sqlite3_db_config(connection, option, on, (int *)0);
}
