/*
 * PEP 440 versions: parsing, order, normal form.
 *
 * Order: epoch, release (missing segments are 0), then dev < pre < final <
 * post, then the local label (none is lowest; numeric segments above
 * alphanumeric ones). Leading and trailing white space and a leading "v" are
 * accepted, as the standard says. Numbers of up to 18 digits are kept exactly,
 * longer ones are an error (a documented difference).
 *
 * A version whose parts are small (nearly all are) has a packed key: comparing
 * two such versions is one integer comparison, and only between equal keys are
 * the local labels looked at. How keys are made stands in version.c.
 *
 *     struct pl_version v;
 *     if (!pl_version_parse(arena, PL_STR("1.0.post1"), &v, err)) ...
 *     if (pl_version_cmp(&v, &w) < 0) ...
 *
 * https://packaging.python.org/en/latest/specifications/version-specifiers/
 */
#ifndef PODLOCK_PEP_VERSION_H
#define PODLOCK_PEP_VERSION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/buf.h"
#include "core/error.h"
#include "core/str.h"

/* As a number of a bound made by hand: above every number a text can hold. */
#define PL_VERSION_INFINITE UINT64_MAX

enum pl_pre_kind { PL_PRE_NONE, PL_PRE_A, PL_PRE_B, PL_PRE_RC };

struct pl_version {
    struct pl_str text; /* as written, trimmed */
    uint64_t key;       /* packed order without local label; 0: none */
    const uint64_t *release;
    uint32_t release_count; /* at least 1; as written, zeros kept */
    enum pl_pre_kind pre;
    uint64_t epoch;
    uint64_t pre_number;
    uint64_t post_number;
    uint64_t dev_number;
    bool has_post, has_dev;
    struct pl_str local; /* normalised ("ubuntu.1"); empty: none */
};

/*
 * The text is copied into the arena. Errors: PL_ERR_INPUT with the span of
 * what is wrong in the text; PL_ERR_LIMIT above PL_MAX_VERSION_BYTES.
 */
PL_MUST_CHECK bool pl_version_parse(struct pl_arena *arena, struct pl_str text,
                                    struct pl_version *out,
                                    struct pl_error *err);
/* The same without a copy: the text must outlive the version. */
PL_MUST_CHECK bool pl_version_parse_view(struct pl_arena *arena,
                                         struct pl_str text,
                                         struct pl_version *out,
                                         struct pl_error *err);
/*
 * The key of a version whose parts were set by hand, for its `key`. 0 when
 * they do not fit. Numbers of parts that are absent must be 0.
 */
uint64_t pl_version_key(const struct pl_version *v);
int pl_version_cmp(const struct pl_version *a, const struct pl_version *b);
/* The same with the local label of both left out. */
int pl_version_cmp_public(const struct pl_version *a,
                          const struct pl_version *b);
bool pl_version_is_prerelease(const struct pl_version *v); /* pre or dev */
bool pl_version_has_local(const struct pl_version *v);
/* Normal form, such as "1!2.0rc1.post2.dev3+local.1". */
void pl_version_print(const struct pl_version *v, struct pl_buf *out);
struct pl_str pl_version_text(struct pl_arena *arena,
                              const struct pl_version *v);

#endif
