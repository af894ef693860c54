#include "cli/show.h"

#include <libsmartcols/libsmartcols.h>
#include <locale.h>
#include <stdlib.h>

#include "core/escape.h"
#include "core/limits.h"

static void *must(void *p)
{
    if (!p)
        pl_out_of_memory();
    return p;
}

/* libsmartcols fails only when there is no memory for a cell. */
static void must_be_zero(int result)
{
    if (result)
        pl_out_of_memory();
}

static const char *colour_name(enum pl_style style)
{
    switch (style) {
    case PL_STYLE_PLAIN:
        break;
    case PL_STYLE_BOLD:
        return "bold";
    case PL_STYLE_DIM:
        return "\033[2m";
    case PL_STYLE_GREEN:
        return "green";
    case PL_STYLE_YELLOW:
        return "brown";
    case PL_STYLE_RED:
        return "red";
    case PL_STYLE_CYAN:
        return "cyan";
    }
    return NULL;
}

static void add_column(struct pl_table *table, const struct pl_column *column)
{
    int flags = (column->right ? SCOLS_FL_RIGHT : 0) |
                (column->cut ? SCOLS_FL_TRUNC : 0);
    struct libscols_column *added = must(scols_table_new_column(
        table->table, column->title ? column->title : "", 0, flags));
    must_be_zero(scols_cell_set_color(scols_column_get_header(added),
                                      colour_name(PL_STYLE_BOLD)));
    if (!column->title)
        must_be_zero(scols_table_enable_noheadings(table->table, 1));
}

void pl_table_init(struct pl_table *table, const struct pl_column *columns,
                   size_t count)
{
    *table = (struct pl_table){.table = must(scols_new_table())};
    must_be_zero(scols_table_set_column_separator(table->table, "  "));
    /* Cells are escaped already; the library's own form is not ours. */
    must_be_zero(scols_table_enable_noencoding(table->table, 1));
    for (size_t i = 0; i < count; i++)
        add_column(table, &columns[i]);
}

void pl_table_finish(struct pl_table *table)
{
    scols_unref_table(table->table);
    table->table = NULL;
}

void pl_table_row(struct pl_table *table)
{
    table->line = must(scols_table_new_line(table->table, NULL));
    table->at = 0;
}

void pl_table_cell(struct pl_table *table, struct pl_str text,
                   enum pl_style style)
{
    PL_BUF(escaped, PL_MAX_MESSAGE_BYTES);
    pl_escape_terminal(&escaped, text);
    struct libscols_cell *cell =
        must(scols_line_get_cell(table->line, table->at++));
    must_be_zero(scols_cell_set_data(cell, escaped.data ? escaped.data : ""));
    if (style != PL_STYLE_PLAIN)
        must_be_zero(scols_cell_set_color(cell, colour_name(style)));
}

static void set_width(struct pl_table *table, unsigned indent,
                      const struct pl_show *show)
{
    bool bounded = show->width > indent;
    scols_table_enable_colors(table->table, show->colour);
    scols_table_set_termforce(table->table, bounded ? SCOLS_TERMFORCE_ALWAYS
                                                    : SCOLS_TERMFORCE_NEVER);
    if (bounded)
        scols_table_set_termwidth(table->table, show->width - indent);
}

/*
 * The library measures characters by the thread's locale. A fixed one makes
 * the same columns whatever the user's is.
 */
static char *print_in_utf8(struct libscols_table *table)
{
    char *text = NULL;
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;
    must_be_zero(scols_print_table_to_string(table, &text));
    if (utf8) {
        uselocale(before);
        freelocale(utf8);
    }
    return text;
}

static void add_line(unsigned indent, struct pl_str line, struct pl_buf *out)
{
    while (line.len && line.at[line.len - 1] == ' ')
        line.len--;
    pl_buf_pad(out, ' ', line.len ? indent : 0);
    pl_buf_add_str(out, line);
    pl_buf_add_char(out, '\n');
}

/* ---- tables that need no library ---- */

#define MOST_COLUMNS 16

struct simple {
    size_t columns, count;
    struct pl_str *cells; /* row by row, that of the titles first */
    size_t widths[MOST_COLUMNS];
};

static void take_cell(struct simple *s, const struct libscols_cell *cell)
{
    struct pl_str text = pl_str_from(scols_cell_get_data(cell));
    size_t *width = &s->widths[s->count % s->columns];
    s->cells[s->count++] = text;
    /* an empty column is one wide, as the library has it */
    if (text.len >= *width)
        *width = text.len ? text.len : 1;
}

static void take_cells(const struct pl_table *table, struct simple *s)
{
    struct libscols_iter *it = must(scols_new_iter(SCOLS_ITER_FORWARD));
    struct libscols_line *line;
    for (size_t c = 0; c < s->columns; c++)
        take_cell(s, scols_column_get_header(
                         scols_table_get_column(table->table, c)));
    while (scols_table_next_line(table->table, it, &line) == 0)
        for (size_t c = 0; c < s->columns; c++)
            take_cell(s, scols_line_get_cell(line, c));
    scols_free_iter(it);
}

static bool is_ascii(struct pl_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] >= 0x80)
            return false;
    return true;
}

/*
 * Where nothing is coloured or cut and every byte is a column wide, widths
 * are lengths, and no locale has to be loaded: a tenth of a warm run. False:
 * not such a table.
 */
static bool is_simple(const struct pl_table *table, const struct pl_show *show,
                      struct pl_arena *scratch, struct simple *s)
{
    *s = (struct simple){.columns = scols_table_get_ncols(table->table)};
    if (show->colour || show->width || s->columns > MOST_COLUMNS)
        return false;
    size_t rows = 1 + scols_table_get_nlines(table->table);
    s->cells = pl_new_array(scratch, struct pl_str, rows * s->columns);
    take_cells(table, s);
    for (size_t i = 0; i < s->count; i++)
        if (!is_ascii(s->cells[i]))
            return false;
    return true;
}

static void print_row(const struct pl_table *table, const struct simple *s,
                      const struct pl_str *cells, struct pl_buf *out)
{
    for (size_t c = 0; c < s->columns; c++) {
        bool right =
            scols_column_is_right(scols_table_get_column(table->table, c));
        size_t padding = s->widths[c] - cells[c].len;
        pl_buf_pad(out, ' ', (c ? 2 : 0) + (right ? padding : 0));
        pl_buf_add_str(out, cells[c]);
        pl_buf_pad(out, ' ', right ? 0 : padding);
    }
}

static void print_simple(const struct pl_table *table, const struct simple *s,
                         unsigned indent, struct pl_buf *out)
{
    PL_BUF(line, PL_MAX_OUTPUT_BYTES);
    bool bare = scols_table_is_noheadings(table->table);
    for (size_t at = bare ? s->columns : 0; at < s->count; at += s->columns) {
        pl_buf_clear(&line);
        print_row(table, s, s->cells + at, &line);
        add_line(indent, pl_buf_view(&line), out);
    }
}

void pl_table_print(struct pl_table *table, unsigned indent,
                    const struct pl_show *show, struct pl_buf *out)
{
    PL_ARENA(scratch);
    struct simple simple;
    if (scols_table_is_empty(table->table))
        return;
    if (is_simple(table, show, &scratch, &simple)) {
        print_simple(table, &simple, indent, out);
        return;
    }
    set_width(table, indent, show);
    char *text = print_in_utf8(table->table);
    struct pl_str rest = pl_str_from(text), line;
    while (rest.len && pl_str_cut(&rest, '\n', &line))
        add_line(indent, line, out);
    free(text);
}
