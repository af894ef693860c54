/*
 * Which templates fit, for people and for programs: one row a template.
 */
#ifndef PODLOCK_CLI_TEMPLATE_FIT_SHOW_H
#define PODLOCK_CLI_TEMPLATE_FIT_SHOW_H

#include "cli/template_fit.h"
#include "rules/gpu.h"

struct pl_fit_row {
    struct pl_template template;
    struct pl_fit fit;
    struct pl_error failed; /* code is not PL_OK: there is no answer */
    const struct pl_version *torch;
    struct pl_str torch_text; /* its version; empty: there is none */
    struct pl_str torch_cuda; /* "cu128" of torch itself; empty: not known */
    const struct pl_gpu_driver *driver; /* NULL: not known */
    const struct pl_gpu_build *build;   /* NULL: not known */
    struct pl_str gpus;                 /* "Volta to Blackwell", or empty */
};

/* What is known of the template without the question. */
void pl_fit_row_describe(struct pl_arena *arena, const struct pl_gpu *gpu,
                         const struct pl_torch_family *family,
                         struct pl_fit_row *row);
/*
 * Best first: those that fit, with the fewest replaced packages, then the
 * fewest bytes, then the newest torch; then those that do not, by torch; then
 * those without an answer. By id where all else is equal.
 */
void pl_fit_rows_sort(struct pl_fit_row *rows, size_t count);

void pl_fit_rows_show(struct pl_cli *cli, const struct pl_fit_row *rows,
                      size_t count);
void pl_fit_rows_json(const struct pl_gpu *gpu, const struct pl_fit_row *rows,
                      size_t count, struct pl_buf *out);

#endif
