#include "cli/values.h"

/* ---- sizes ---- */

static bool bad_size(const char *what, struct pl_str text, struct pl_error *err)
{
    pl_error_plain(err, PL_ERR_USAGE, "%s takes a size, not `%.*s`", what,
                   PL_STR_ARG(text));
    return pl_error_hint(err, "a size is such as 500MB or 2GiB");
}

static bool find_unit(struct pl_str unit, uint64_t *scale)
{
    static const char letters[] = "kmgt";
    *scale = 1;
    if (!unit.len || pl_str_is_nocase(unit, "b"))
        return true;
    size_t power = pl_str_find(PL_STR("kmgt"), pl_lower(unit.at[0]));
    if (power == sizeof(letters) - 1)
        return false;
    struct pl_str rest = pl_str_sub(unit, 1, unit.len);
    bool binary = pl_str_is_nocase(rest, "ib");
    if (rest.len && !binary && !pl_str_is_nocase(rest, "b"))
        return false;
    for (size_t i = 0; i <= power; i++)
        *scale *= binary ? 1024 : 1000;
    return true;
}

bool pl_size_parse(struct pl_str text, const char *what, uint64_t *out,
                   struct pl_error *err)
{
    struct pl_cursor c = pl_cursor_from(pl_str_trim(text));
    struct pl_str whole = pl_cursor_span(&c, pl_is_digit), part = {0};
    if (pl_cursor_take(&c, '.'))
        part = pl_cursor_span(&c, pl_is_digit);
    pl_cursor_skip_space(&c);

    uint64_t scale, n, thousandths = 0;
    if (!pl_str_to_u64(whole, &n) || !find_unit(pl_cursor_rest(&c), &scale))
        return bad_size(what, text, err);
    for (size_t i = 0; i < 3; i++)
        thousandths = thousandths * 10 +
                      (i < part.len ? (uint64_t)(part.at[i] - '0') : 0);
    if (n > UINT64_MAX / scale - 1)
        return bad_size(what, text, err);
    *out = n * scale + scale / 1000 * thousandths +
           scale % 1000 * thousandths / 1000;
    return true;
}

/* ---- moments ---- */

static bool bad_moment(const char *what, struct pl_str text,
                       struct pl_error *err)
{
    pl_error_plain(err, PL_ERR_USAGE,
                   "%s takes a date or a duration, not `%.*s`", what,
                   PL_STR_ARG(text));
    return pl_error_hint(err, "such as 2025-10-17, 2025-10-17T12:00:00Z or "
                              "\"30 days\"");
}

/* Exactly `count` digits. */
static bool take_number(struct pl_cursor *c, size_t count, int *out)
{
    int n = 0;
    for (size_t i = 0; i < count; i++) {
        char digit = pl_cursor_peek(c);
        if (!pl_is_digit(digit) || !pl_cursor_take(c, digit))
            return false;
        n = n * 10 + (digit - '0');
    }
    *out = n;
    return true;
}

static bool take_date(struct pl_cursor *c, struct tm *tm)
{
    if (!take_number(c, 4, &tm->tm_year) || !pl_cursor_take(c, '-') ||
        !take_number(c, 2, &tm->tm_mon) || !pl_cursor_take(c, '-') ||
        !take_number(c, 2, &tm->tm_mday))
        return false;
    tm->tm_year -= 1900;
    tm->tm_mon -= 1;
    struct tm again = *tm;
    return tm->tm_year >= 70 && timegm(&again) != (time_t)-1 &&
           again.tm_mon == tm->tm_mon && again.tm_mday == tm->tm_mday;
}

static bool take_time(struct pl_cursor *c, struct tm *tm)
{
    if (!take_number(c, 2, &tm->tm_hour) || !pl_cursor_take(c, ':') ||
        !take_number(c, 2, &tm->tm_min) || !pl_cursor_take(c, ':') ||
        !take_number(c, 2, &tm->tm_sec))
        return false;
    if (pl_cursor_take(c, '.') && !pl_cursor_span(c, pl_is_digit).len)
        return false;
    return tm->tm_hour < 24 && tm->tm_min < 60 && tm->tm_sec <= 60;
}

static bool take_offset(struct pl_cursor *c, int *seconds)
{
    int sign = 1, hours, minutes;
    *seconds = 0;
    if (pl_cursor_take(c, 'Z') || pl_cursor_take(c, 'z'))
        return true;
    if (pl_cursor_take(c, '-'))
        sign = -1;
    else if (!pl_cursor_take(c, '+'))
        return false;
    if (!take_number(c, 2, &hours) || !pl_cursor_take(c, ':') ||
        !take_number(c, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

static bool parse_absolute(struct pl_str text, time_t *out)
{
    struct pl_cursor c = pl_cursor_from(text);
    struct tm tm = {0};
    int offset = 0;
    if (!take_date(&c, &tm))
        return false;
    if (pl_cursor_done(&c)) {
        tm.tm_mday++;
    } else {
        if (!pl_cursor_take(&c, 'T') && !pl_cursor_take(&c, 't') &&
            !pl_cursor_take(&c, ' '))
            return false;
        if (!take_time(&c, &tm) || !take_offset(&c, &offset) ||
            !pl_cursor_done(&c))
            return false;
    }
    *out = timegm(&tm) - offset;
    return true;
}

/* Months and years have no fixed length: they are refused. */
static bool unit_seconds(struct pl_str unit, uint64_t *out)
{
    static const struct {
        const char *one, *many, *letter;
        uint64_t seconds;
    } units[] = {
        {"week", "weeks", "w", 604800},
        {"day", "days", "d", 86400},
        {"hour", "hours", "h", 3600},
        {"minute", "minutes", "m", 60},
    };
    for (size_t i = 0; i < PL_COUNT(units); i++)
        if (pl_str_is_nocase(unit, units[i].one) ||
            pl_str_is_nocase(unit, units[i].many) ||
            pl_str_is_nocase(unit, units[i].letter)) {
            *out = units[i].seconds;
            return true;
        }
    return false;
}

static bool parse_duration(struct pl_str text, uint64_t *out)
{
    struct pl_cursor c = pl_cursor_from(text);
    bool iso = pl_cursor_take(&c, 'P') || pl_cursor_take(&c, 'p');
    bool in_time = iso && (pl_cursor_take(&c, 'T') || pl_cursor_take(&c, 't'));
    uint64_t n, seconds;
    if (!pl_str_to_u64(pl_cursor_span(&c, pl_is_digit), &n))
        return false;
    pl_cursor_skip_space(&c);
    struct pl_str unit = pl_cursor_span(&c, pl_is_alpha);
    if (!pl_cursor_done(&c) || !unit_seconds(unit, &seconds))
        return false;
    /* "P3M" would be months, "PT3D" is nothing at all. */
    if (iso && (unit.len != 1 || in_time != (seconds < 86400)))
        return false;
    if (n > UINT32_MAX)
        return false;
    *out = n * seconds;
    return true;
}

bool pl_moment_parse(struct pl_arena *arena, struct pl_str text,
                     const char *what, time_t now, struct pl_str *out,
                     struct pl_error *err)
{
    struct pl_str trimmed = pl_str_trim(text);
    uint64_t ago;
    time_t moment;
    if (parse_duration(trimmed, &ago))
        moment = (uint64_t)now > ago ? now - (time_t)ago : 0;
    else if (!parse_absolute(trimmed, &moment))
        return bad_moment(what, text, err);

    struct tm tm;
    if (!gmtime_r(&moment, &tm))
        return bad_moment(what, text, err);
    *out = pl_arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ",
                           tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                           tm.tm_hour, tm.tm_min, tm.tm_sec);
    return true;
}
