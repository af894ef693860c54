/*
 * Terminal output: colour, width, sizes, durations and tables.
 *
 * Foreign strings are escaped here; callers give them raw. Nothing is written:
 * everything is appended to a buffer.
 *
 * Colour: --color always or never decides. With auto, in this order: NO_COLOR
 * (not empty) says no; FORCE_COLOR, then CLICOLOR_FORCE (not empty, not 0)
 * say yes; TERM=dumb or none says no; else whether it is a terminal.
 * Width: COLUMNS, else the terminal's own, else 80; what is no terminal has
 * no width (0) and nothing is cut.
 *
 * https://no-color.org/  https://bixense.com/clicolors/
 *
 *     static const struct pl_column columns[] = {{"name"}, {"size", true}};
 *     struct pl_table table;
 *     pl_table_init(&table, columns, PL_COUNT(columns));
 *     pl_table_row(&table);
 *     pl_table_cell(&table, name, PL_STYLE_BOLD);
 *     pl_table_cell(&table, size, PL_STYLE_PLAIN);
 *     pl_table_print(&table, 2, &show, out);
 *     pl_table_finish(&table);
 *
 * A table is the caller's storage; finish frees what it holds. Cells are
 * copied. Two spaces stand between columns, none at the end of a line. Where
 * the width is short, columns that may lose their end do, each by the same
 * share; a table without such a column is as wide as it is. How wide a
 * character is does not depend on the locale (pl_utf8_width). Out of memory
 * ends the program.
 */
#ifndef PODLOCK_CLI_SHOW_H
#define PODLOCK_CLI_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/str.h"
#include "core/vec.h"

struct pl_show {
    bool colour;
    unsigned width; /* 0: without bound */
};

enum pl_when { PL_WHEN_AUTO, PL_WHEN_ALWAYS, PL_WHEN_NEVER };

enum pl_style {
    PL_STYLE_PLAIN,
    PL_STYLE_BOLD,
    PL_STYLE_DIM,
    PL_STYLE_GREEN,
    PL_STYLE_YELLOW,
    PL_STYLE_RED,
    PL_STYLE_CYAN,
};

/* `terminal_width` is what the terminal says, 0: not known. */
struct pl_show pl_show_make(enum pl_when when, bool is_terminal,
                            unsigned terminal_width, const char *const *vars);
/* The same for an open file descriptor. */
struct pl_show pl_show_of(enum pl_when when, int fd, const char *const *vars);

/* Foreign text, escaped, in the style where colour is on. */
void pl_show_text(const struct pl_show *show, enum pl_style style,
                  struct pl_str text, struct pl_buf *out);
/* podlock's own words, broken into lines of the width, each indented. */
void pl_show_wrapped(const struct pl_show *show, unsigned indent,
                     struct pl_str text, struct pl_buf *out);
/*
 * "  left" and, from the column on, the foreign text `right`, broken into
 * lines that begin there; below `left` when that reaches the column.
 */
void pl_show_item(const struct pl_show *show, struct pl_str left,
                  struct pl_str right, unsigned column, struct pl_buf *out);

/* "999 B", "1.0 kB", "1.0 MB", "3.0 GB": decimal units, one digit. */
struct pl_str pl_show_bytes(struct pl_arena *arena, uint64_t bytes);
/* "0.4 ms", "12 ms", "1.4 s", "2 min 03 s". */
struct pl_str pl_show_duration(struct pl_arena *arena, uint64_t ns);
/* "1 package", "2 packages". */
struct pl_str pl_show_count(struct pl_arena *arena, uint64_t n, const char *one,
                            const char *many);

struct pl_column {
    const char *title; /* NULL for all: no title row */
    bool right;
    bool cut; /* may lose its end where the width is short */
};

struct pl_table_cell {
    struct pl_str text; /* escaped */
    enum pl_style style;
};

struct pl_table {
    struct pl_column *columns;
    size_t count, rows;
    size_t at;                          /* the next cell of the row */
    PL_VEC(struct pl_table_cell) cells; /* row by row */
    struct pl_arena arena;
};

void pl_table_init(struct pl_table *table, const struct pl_column *columns,
                   size_t count);
void pl_table_finish(struct pl_table *table);
void pl_table_row(struct pl_table *table);
void pl_table_cell(struct pl_table *table, struct pl_str text,
                   enum pl_style style);
void pl_table_print(struct pl_table *table, unsigned indent,
                    const struct pl_show *show, struct pl_buf *out);

#endif
