#include "cli/show.h"

#include "core/escape.h"
#include "core/limits.h"
#include "core/utf8.h"

#define GAP 2 /* spaces between columns */

void pl_table_init(struct pl_table *table, const struct pl_column *columns,
                   size_t count)
{
    *table = (struct pl_table){.count = count, .at = count};
    table->columns = pl_new_array(&table->arena, struct pl_column, count);
    memcpy(table->columns, columns, count * sizeof(*columns));
}

void pl_table_finish(struct pl_table *table)
{
    pl_arena_finish(&table->arena);
}

/* Cells that a row lacks are empty. */
static void end_row(struct pl_table *table)
{
    for (; table->at < table->count; table->at++)
        pl_vec_push(&table->arena, &table->cells, (struct pl_table_cell){0});
}

void pl_table_row(struct pl_table *table)
{
    end_row(table);
    table->at = 0;
    table->rows++;
}

void pl_table_cell(struct pl_table *table, struct pl_str text,
                   enum pl_style style)
{
    PL_BUF(escaped, PL_MAX_MESSAGE_BYTES);
    pl_escape_terminal(&escaped, text);
    pl_vec_push(&table->arena, &table->cells,
                (struct pl_table_cell){
                    pl_arena_dup(&table->arena, pl_buf_view(&escaped)), style});
    table->at++;
}

/* ---- widths ---- */

static size_t title_width(const struct pl_column *column)
{
    return column->title ? pl_utf8_width(pl_str_from(column->title)) : 0;
}

static void measure(const struct pl_table *table, size_t *widths)
{
    for (size_t c = 0; c < table->count; c++) {
        size_t title = title_width(&table->columns[c]);
        /* an empty column is one wide */
        widths[c] = title ? title : 1;
    }
    for (size_t i = 0; i < table->cells.len; i++) {
        size_t *width = &widths[i % table->count];
        size_t its = pl_utf8_width(table->cells.at[i].text);
        if (its > *width)
            *width = its;
    }
}

static bool may_lose(const struct pl_column *column, size_t width)
{
    return column->cut && width > 1 && width > title_width(column);
}

/* The column that has lost the least of its own width; NULL: none may. */
static size_t *least_cut(const struct pl_table *table, const size_t *whole,
                         size_t *widths)
{
    size_t *least = NULL;
    for (size_t c = 0; c < table->count; c++)
        if (may_lose(&table->columns[c], widths[c]) &&
            (!least || widths[c] * whole[least - widths] >= *least * whole[c]))
            least = &widths[c];
    return least;
}

static void narrow(struct pl_table *table, size_t room, size_t *widths)
{
    size_t *whole = pl_new_array(&table->arena, size_t, table->count);
    size_t all = GAP * (table->count - 1);
    size_t *column;
    for (size_t c = 0; c < table->count; c++)
        all += whole[c] = widths[c];
    for (; all > room && (column = least_cut(table, whole, widths)); all--)
        --*column;
}

/* ---- lines ---- */

struct line {
    const struct pl_show *show;
    struct pl_buf *out;
    size_t blanks; /* owed to what follows, if anything does */
};

static void add_text(struct line *line, struct pl_str text, enum pl_style style)
{
    if (!text.len)
        return;
    pl_buf_pad(line->out, ' ', line->blanks);
    line->blanks = 0;
    pl_show_text(line->show, style, text, line->out);
}

/* What is escaped stays the same when it is escaped again. */
static void add_cell(struct line *line, const struct pl_column *column,
                     const struct pl_table_cell *cell, size_t width)
{
    struct pl_str text = pl_utf8_cut(cell->text, width);
    while (text.len && text.at[text.len - 1] == ' ')
        text.len--;
    size_t padding = width - pl_utf8_width(text);
    line->blanks += column->right ? padding : 0;
    add_text(line, text, cell->style);
    line->blanks += column->right ? 0 : padding;
}

static void add_row(struct line *line, const struct pl_table *table,
                    const struct pl_table_cell *cells, const size_t *widths,
                    unsigned indent)
{
    line->blanks = indent;
    for (size_t c = 0; c < table->count; c++) {
        add_cell(line, &table->columns[c], &cells[c], widths[c]);
        line->blanks += GAP;
    }
    pl_buf_add_char(line->out, '\n');
}

static void add_titles(struct line *line, struct pl_table *table,
                       const size_t *widths, unsigned indent)
{
    struct pl_table_cell *cells =
        pl_new_array(&table->arena, struct pl_table_cell, table->count);
    for (size_t c = 0; c < table->count; c++) {
        if (!table->columns[c].title)
            return;
        cells[c] = (struct pl_table_cell){pl_str_from(table->columns[c].title),
                                          PL_STYLE_BOLD};
    }
    add_row(line, table, cells, widths, indent);
}

void pl_table_print(struct pl_table *table, unsigned indent,
                    const struct pl_show *show, struct pl_buf *out)
{
    struct line line = {.show = show, .out = out};
    size_t *widths = pl_new_array(&table->arena, size_t, table->count);
    end_row(table);
    if (!table->rows)
        return;
    measure(table, widths);
    if (show->width > indent)
        narrow(table, show->width - indent, widths);
    add_titles(&line, table, widths, indent);
    for (size_t row = 0; row < table->rows; row++)
        add_row(&line, table, &table->cells.at[row * table->count], widths,
                indent);
}
