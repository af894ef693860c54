#include "core/trace.h"

#include "core/buf.h"
#include "core/escape.h"
#include "core/limits.h"

static unsigned mask;

static const struct {
    const char *name;
    enum pl_trace_topic topic;
} topics[] = {
    {"options", PL_TRACE_OPTIONS}, {"index", PL_TRACE_INDEX},
    {"solve", PL_TRACE_SOLVE},     {"choice", PL_TRACE_CHOICE},
    {"all", PL_TRACE_ALL},
};

bool pl_trace_enabled(enum pl_trace_topic topic)
{
    return (mask & (unsigned)topic) != 0;
}

static bool topic_by_name(struct pl_str name, unsigned *bits)
{
    for (size_t i = 0; i < PL_COUNT(topics); i++) {
        if (pl_str_is(name, topics[i].name)) {
            *bits = (unsigned)topics[i].topic;
            return true;
        }
    }
    return false;
}

bool pl_trace_set(struct pl_str list)
{
    unsigned wanted = mask;
    struct pl_str word;
    while (pl_str_cut(&list, ',', &word)) {
        word = pl_str_trim(word);
        bool removes = pl_str_starts(word, "-");
        unsigned bits;
        if (!word.len)
            continue;
        if (!topic_by_name(pl_str_sub(word, removes, word.len), &bits))
            return false;
        wanted = removes ? wanted & ~bits : wanted | bits;
    }
    mask = wanted;
    return true;
}

static const char *topic_name(enum pl_trace_topic topic)
{
    for (size_t i = 0; i < PL_COUNT(topics); i++) {
        if (topics[i].topic == topic)
            return topics[i].name;
    }
    return "trace";
}

void pl_trace_print(enum pl_trace_topic topic, const char *format, ...)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    PL_BUF(line, 8 * PL_MAX_MESSAGE_BYTES);
    va_list args;
    va_start(args, format);
    pl_buf_addv(&text, format, args);
    va_end(args);
    pl_buf_addf(&line, "podlock: %s: ", topic_name(topic));
    pl_escape_terminal(&line, pl_buf_view(&text));
    pl_buf_add_char(&line, '\n');
    fwrite(line.data, 1, line.len, stderr);
}
