#include "cli/template_fit_show.h"

#include <stdlib.h>

#include "cli/resolve_show.h"
#include "core/jsonw.h"
#include "core/limits.h"

/* ---- a row ---- */

/* Its own label; PyPI's wheels have none, and each release its CUDA. */
static struct pl_str cuda_of_torch(const struct pl_template *t,
                                   const struct pl_torch_family *family,
                                   const struct pl_version *torch)
{
    if (pl_str_starts(torch->local, "cu"))
        return torch->local;
    if (torch->local.len || t->torch_variant.len ||
        pl_version_is_prerelease(torch))
        return t->torch_variant;
    return pl_torch_family_pypi_cuda(family, torch);
}

/* The image's CUDA and torch's may differ: the driver must do for both. */
static const struct pl_gpu_driver *
driver_for(const struct pl_gpu *gpu, struct pl_str image, struct pl_str torch)
{
    const struct pl_gpu_driver *a = pl_gpu_driver_of(gpu, image);
    const struct pl_gpu_driver *b = pl_gpu_driver_of(gpu, torch);
    if ((image.len && !a) || (torch.len && !b))
        return NULL;
    return !b || (a && a->cuda > b->cuda) ? a : b;
}

void pl_fit_row_describe(struct pl_arena *arena, const struct pl_gpu *gpu,
                         const struct pl_torch_family *family,
                         struct pl_fit_row *row)
{
    const struct pl_fact *torch =
        pl_template_fact(&row->template, PL_STR("torch"));
    if (torch) {
        row->torch = &torch->version;
        row->torch_text = pl_version_text(arena, row->torch);
        row->torch_cuda = cuda_of_torch(&row->template, family, row->torch);
        row->build = pl_gpu_build_of(gpu, row->torch, row->torch_cuda);
    }
    row->driver = driver_for(gpu, row->template.cuda, row->torch_cuda);
    if (row->build)
        row->gpus = pl_gpu_generations(arena, gpu, row->build);
}

/* ---- the order ---- */

static int group_of(const struct pl_fit_row *row)
{
    if (row->failed.code != PL_OK)
        return 2;
    return row->fit.fits ? 0 : 1;
}

static int compare_u64(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_torch(const struct pl_fit_row *a, const struct pl_fit_row *b)
{
    if (!a->torch || !b->torch)
        return (a->torch == NULL) - (b->torch == NULL);
    return pl_version_cmp_public(b->torch, a->torch);
}

static int compare_rows(const void *left, const void *right)
{
    const struct pl_fit_row *a = left, *b = right;
    int order = group_of(a) - group_of(b);
    if (!order)
        order = compare_u64(a->fit.replaced, b->fit.replaced);
    if (!order)
        order = compare_u64(a->fit.download, b->fit.download);
    if (!order)
        order = compare_torch(a, b);
    return order ? order : pl_str_cmp(a->template.id, b->template.id);
}

void pl_fit_rows_sort(struct pl_fit_row *rows, size_t count)
{
    qsort(rows, count, sizeof(rows[0]), compare_rows);
}

/* ---- text ---- */

/* What the widest columns take beside the ids and torch's versions. */
#define WIDE_COLUMNS 66
/* Reasons stand below the ids, or beside them where there is room. */
#define REASON_COLUMN 4
#define WIDE_REASONS 110

static struct pl_str or_unknown(struct pl_str text)
{
    return text.len ? text : PL_STR("?");
}

static struct pl_str driver_text(struct pl_arena *arena,
                                 const struct pl_fit_row *row)
{
    return row->driver ? row->driver->linux_driver.text
                       : pl_arena_dup(arena, PL_STR("?"));
}

static bool is_same_machine(const struct pl_fit_row *a,
                            const struct pl_fit_row *b)
{
    return pl_str_eq(a->torch_text, b->torch_text) &&
           pl_str_eq(a->template.cuda, b->template.cuda);
}

/* Of templates with the same torch and CUDA, the first speaks for all. */
static bool is_new_machine(const struct pl_fit_row *rows, size_t at)
{
    size_t first = 0;
    while (!is_same_machine(&rows[first], &rows[at]))
        first++;
    return first == at;
}

/* In the table of templates and in that of machines, to find one by the other.
 */
static struct pl_str machine_number(struct pl_arena *arena,
                                    const struct pl_fit_row *rows, size_t at)
{
    size_t number = 0;
    for (size_t i = 0; i <= at; i++) {
        number += is_new_machine(rows, i);
        if (is_same_machine(&rows[i], &rows[at]))
            break;
    }
    return pl_arena_printf(arena, "%zu", number);
}

static void add_cost(struct pl_arena *arena, struct pl_table *table,
                     const struct pl_fit_row *row)
{
    const struct pl_fit *fit = &row->fit;
    pl_table_row(table);
    pl_table_cell(table, row->template.id, PL_STYLE_BOLD);
    pl_table_cell(table, pl_arena_printf(arena, "%zu", fit->packages),
                  PL_STYLE_PLAIN);
    pl_table_cell(table, pl_show_bytes(arena, fit->download), PL_STYLE_PLAIN);
    pl_table_cell(table, pl_arena_printf(arena, "%zu", fit->replaced),
                  fit->replaced ? PL_STYLE_YELLOW : PL_STYLE_PLAIN);
}

static void add_machine(struct pl_arena *arena, struct pl_table *table,
                        const struct pl_fit_row *row)
{
    pl_table_cell(table, or_unknown(row->torch_text), PL_STYLE_PLAIN);
    pl_table_cell(table, row->template.cuda, PL_STYLE_PLAIN);
    pl_table_cell(table, driver_text(arena, row), PL_STYLE_PLAIN);
    pl_table_cell(table, or_unknown(row->gpus), PL_STYLE_PLAIN);
}

static size_t id_width(const struct pl_fit_row *rows, size_t count)
{
    size_t width = 0;
    for (size_t i = 0; i < count; i++)
        if (rows[i].template.id.len > width)
            width = rows[i].template.id.len;
    return width;
}

static bool is_wide_enough(const struct pl_show *show,
                           const struct pl_fit_row *rows, size_t count)
{
    size_t torch = 0;
    for (size_t i = 0; i < count; i++)
        if (rows[i].torch_text.len > torch)
            torch = rows[i].torch_text.len;
    return !show->width ||
           show->width >= id_width(rows, count) + torch + WIDE_COLUMNS;
}

static void show_wide(struct pl_cli *cli, const struct pl_fit_row *rows,
                      size_t count)
{
    static const struct pl_column columns[] = {
        {.title = "template"},
        {.title = "to add", .right = true},
        {.title = "download", .right = true},
        {.title = "replaces", .right = true},
        {.title = "torch"},
        {.title = "CUDA"},
        {.title = "driver from"},
        {.title = "GPUs"},
    };
    struct pl_table table;
    pl_table_init(&table, columns, PL_COUNT(columns));
    for (size_t i = 0; i < count; i++) {
        add_cost(cli->arena, &table, &rows[i]);
        add_machine(cli->arena, &table, &rows[i]);
    }
    pl_table_print(&table, 2, &cli->out, &cli->text);
    pl_table_finish(&table);
}

static void show_costs(struct pl_cli *cli, const struct pl_fit_row *rows,
                       size_t count)
{
    static const struct pl_column columns[] = {
        {.title = "template"},
        {.title = "to add", .right = true},
        {.title = "download", .right = true},
        {.title = "replaces", .right = true},
        {.title = "#", .right = true},
    };
    struct pl_table table;
    pl_table_init(&table, columns, PL_COUNT(columns));
    for (size_t i = 0; i < count; i++) {
        add_cost(cli->arena, &table, &rows[i]);
        pl_table_cell(&table, machine_number(cli->arena, rows, i),
                      PL_STYLE_PLAIN);
    }
    pl_table_print(&table, 2, &cli->out, &cli->text);
    pl_table_finish(&table);
}

static void show_machines(struct pl_cli *cli, const struct pl_fit_row *rows,
                          size_t count)
{
    static const struct pl_column columns[] = {
        {.title = "#", .right = true},
        {.title = "torch", .cut = true},
        {.title = "CUDA"},
        {.title = "driver from"},
        {.title = "GPUs"},
    };
    struct pl_table table;
    pl_table_init(&table, columns, PL_COUNT(columns));
    for (size_t i = 0; i < count; i++) {
        if (!is_new_machine(rows, i))
            continue;
        pl_table_row(&table);
        pl_table_cell(&table, machine_number(cli->arena, rows, i),
                      PL_STYLE_PLAIN);
        add_machine(cli->arena, &table, &rows[i]);
    }
    pl_cli_print(cli, "\n");
    pl_table_print(&table, 2, &cli->out, &cli->text);
    pl_table_finish(&table);
}

static void show_others(struct pl_cli *cli, const struct pl_fit_row *rows,
                        size_t count, const char *title)
{
    if (!count)
        return;
    unsigned column = REASON_COLUMN;
    if (!cli->out.width || cli->out.width >= WIDE_REASONS)
        column = (unsigned)id_width(rows, count) + REASON_COLUMN;
    pl_cli_print(cli, "\n%s: %zu\n", title, count);
    for (size_t i = 0; i < count; i++) {
        const struct pl_fit_row *row = &rows[i];
        pl_show_item(&cli->out, row->template.id,
                     row->failed.code ? row->failed.message : row->fit.reason,
                     column, &cli->text);
    }
}

/* How many of the rows, which are sorted, come before the group's end. */
static size_t end_of(const struct pl_fit_row *rows, size_t count, int group)
{
    size_t end = 0;
    while (end < count && group_of(&rows[end]) <= group)
        end++;
    return end;
}

void pl_fit_rows_show(struct pl_cli *cli, const struct pl_fit_row *rows,
                      size_t count)
{
    size_t fit = end_of(rows, count, 0), known = end_of(rows, count, 1);
    bool is_wide = is_wide_enough(&cli->out, rows, fit);
    struct pl_str title =
        pl_arena_printf(cli->arena, "%zu of %zu templates fit\n", fit, count);
    pl_show_text(&cli->out, PL_STYLE_BOLD, pl_str_sub(title, 0, title.len - 1),
                 &cli->text);
    pl_cli_print(cli, "\n");
    if (fit && is_wide)
        show_wide(cli, rows, fit);
    if (fit && !is_wide) {
        show_costs(cli, rows, fit);
        show_machines(cli, rows, fit);
    }
    show_others(cli, rows + fit, known - fit, "Do not fit");
    show_others(cli, rows + known, count - known, "Without an answer");
}

/* ---- JSON ---- */

/*
 * What else stands behind a "no" is for `podlock resolve` to say, which makes
 * it as small as can be, with searches of its own.
 */
static void write_error(struct pl_jsonw *w, const char *key,
                        const struct pl_error *err)
{
    pl_jsonw_object(w, key);
    pl_jsonw_str(w, "message", err->message);
    pl_json_place(w, err->span);
    pl_jsonw_end(w);
}

static void write_text(struct pl_jsonw *w, const char *key, struct pl_str text)
{
    if (text.len)
        pl_jsonw_str(w, key, text);
    else
        pl_jsonw_null(w, key);
}

static void write_gpus(struct pl_jsonw *w, const struct pl_gpu *gpu,
                       const struct pl_gpu_build *build)
{
    if (!build) {
        pl_jsonw_null(w, "gpu");
        return;
    }
    pl_jsonw_object(w, "gpu");
    pl_jsonw_array(w, "generations");
    for (size_t i = 0; i < gpu->generation_count; i++)
        if (pl_gpu_runs(build, &gpu->generations[i]))
            pl_jsonw_str(w, NULL, gpu->generations[i].name);
    pl_jsonw_end(w);
    pl_jsonw_array(w, "capabilities");
    for (size_t i = 0; i < build->capability_count; i++)
        pl_jsonw_str(w, NULL, build->capabilities[i]);
    pl_jsonw_end(w);
    pl_jsonw_str(w, "status", build->status);
    pl_jsonw_str(w, "source", build->source);
    pl_jsonw_end(w);
}

static void write_driver(struct pl_jsonw *w, const struct pl_gpu_driver *driver)
{
    if (!driver) {
        pl_jsonw_null(w, "driver");
        return;
    }
    pl_jsonw_object(w, "driver");
    pl_jsonw_str(w, "lowest", driver->linux_driver.text);
    pl_jsonw_str(w, "source", driver->source);
    pl_jsonw_end(w);
}

static void write_answer(struct pl_jsonw *w, const struct pl_fit_row *row)
{
    if (row->failed.code != PL_OK) {
        pl_jsonw_null(w, "fits");
        write_error(w, "error", &row->failed);
        return;
    }
    pl_jsonw_bool(w, "fits", row->fit.fits);
    if (row->fit.fits) {
        pl_jsonw_u64(w, "packages", row->fit.packages);
        pl_jsonw_u64(w, "replaced", row->fit.replaced);
        pl_jsonw_u64(w, "download", row->fit.download);
    } else {
        pl_jsonw_str(w, "reason", row->fit.reason);
        write_error(w, "problem", &row->fit.why);
    }
}

void pl_fit_rows_json(const struct pl_gpu *gpu, const struct pl_fit_row *rows,
                      size_t count, struct pl_buf *out)
{
    struct pl_jsonw w = pl_jsonw_to(out);
    pl_jsonw_object(&w, NULL);
    pl_jsonw_u64(&w, "fitting", end_of(rows, count, 0));
    pl_jsonw_array(&w, "templates");
    for (size_t i = 0; i < count; i++) {
        pl_jsonw_object(&w, NULL);
        pl_jsonw_str(&w, "template", rows[i].template.id);
        write_answer(&w, &rows[i]);
        write_text(&w, "torch", rows[i].torch_text);
        write_text(&w, "torch-cuda", rows[i].torch_cuda);
        write_text(&w, "cuda", rows[i].template.cuda);
        write_driver(&w, rows[i].driver);
        write_gpus(&w, gpu, rows[i].build);
        pl_jsonw_end(&w);
    }
    pl_jsonw_end(&w);
    pl_jsonw_end(&w);
}
