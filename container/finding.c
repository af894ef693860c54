#include "container/finding.h"

#include <stdarg.h>

#include "core/buf.h"
#include "core/limits.h"

struct pl_finding *pl_finding_add(struct pl_findings *findings,
                                  const struct pl_finding_rule *rule,
                                  struct pl_span span, const char *format, ...)
{
    PL_BUF(message, PL_MAX_MESSAGE_BYTES);
    struct pl_arena *arena = findings->arena;
    va_list args;
    va_start(args, format);
    pl_buf_addv(&message, format, args);
    va_end(args);
    struct pl_finding finding = {
        .rule = rule,
        .level = rule->level,
        .told = {.arena = arena,
                 .code = PL_ERR_NO,
                 .span = span,
                 .message = pl_arena_dup(arena, pl_buf_view(&message))},
    };
    pl_vec_push(arena, &findings->list, finding);
    return &findings->list.at[findings->list.len - 1];
}

size_t pl_findings_count(const struct pl_findings *findings,
                         enum pl_level level)
{
    size_t count = 0;
    for (size_t i = 0; i < findings->list.len; i++)
        count += findings->list.at[i].level == level;
    return count;
}
