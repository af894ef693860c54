#include "index/http_field.h"

struct pl_str pl_http_media_type(struct pl_arena *arena, struct pl_str value)
{
    value = pl_str_trim(pl_str_sub(value, 0, pl_str_find(value, ';')));
    struct pl_str copy = pl_arena_dup(arena, value);
    char *at = (char *)copy.at;
    for (size_t i = 0; i < copy.len; i++)
        at[i] = pl_lower(at[i]);
    return copy;
}

/* Digits of any length; what does not fit is the largest number. */
static bool read_number(struct pl_str text, uint64_t *out)
{
    if (!text.len)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!pl_is_digit(text.at[i]))
            return false;
    if (!pl_str_to_u64(text, out))
        *out = UINT64_MAX;
    return true;
}

static void read_directive(struct pl_str part, struct pl_http_freshness *to)
{
    size_t equals = pl_str_find(part, '=');
    struct pl_str name = pl_str_trim(pl_str_sub(part, 0, equals));
    struct pl_str value = pl_str_trim(pl_str_sub(part, equals + 1, part.len));
    if (value.len >= 2 && pl_str_starts(value, "\"") &&
        pl_str_ends(value, "\""))
        value = pl_str_sub(value, 1, value.len - 1);
    uint64_t seconds = 0;
    if (pl_str_is_nocase(name, "no-store")) {
        to->no_store = true;
    } else if (pl_str_is_nocase(name, "no-cache")) {
        to->no_cache = to->has_max_age = true;
        to->max_age = 0;
    } else if (pl_str_is_nocase(name, "max-age") &&
               read_number(value, &seconds)) {
        if (!to->has_max_age || seconds < to->max_age)
            to->max_age = seconds;
        to->has_max_age = true;
    }
}

void pl_http_read_cache_control(struct pl_str value,
                                struct pl_http_freshness *freshness)
{
    struct pl_str part;
    while (pl_str_cut(&value, ',', &part))
        read_directive(part, freshness);
}

bool pl_http_read_content_range(struct pl_str value, struct pl_http_range *out)
{
    struct pl_http_range range;
    struct pl_str unit, from, to;
    value = pl_str_trim(value);
    if (!pl_str_cut(&value, ' ', &unit) || !pl_str_is_nocase(unit, "bytes"))
        return false;
    value = pl_str_trim(value);
    if (!pl_str_cut(&value, '-', &from) || !pl_str_cut(&value, '/', &to) ||
        !pl_str_to_u64(from, &range.from) || !pl_str_to_u64(to, &range.to) ||
        !pl_str_to_u64(value, &range.total))
        return false;
    if (range.from > range.to || range.to >= range.total)
        return false;
    *out = range;
    return true;
}

/* Days from 1970-01-01 of a date of the Gregorian calendar. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    static const int16_t before[] = {0,   31,  59,  90,  120, 151,
                                     181, 212, 243, 273, 304, 334};
    int64_t y = month > 2 ? year : year - 1;
    int64_t leap_days = y / 4 - y / 100 + y / 400 - (1969 / 4 - 19 + 4);
    return (year - 1970) * 365 + leap_days + before[month - 1] + day - 1;
}

static bool read_digits(struct pl_str text, size_t from, size_t count,
                        int64_t *out)
{
    uint64_t number;
    if (!pl_str_to_u64(pl_str_sub(text, from, from + count), &number))
        return false;
    *out = (int64_t)number;
    return true;
}

static int64_t month_of(struct pl_str name)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int64_t i = 0; i < 12; i++)
        if (pl_str_eq(name, (struct pl_str){names + 3 * i, 3}))
            return i + 1;
    return 0;
}

bool pl_http_read_date(struct pl_str value, int64_t *out)
{
    /* Each 'n' a digit, each 'a' a letter, the rest as it is. */
    static const char form[] = "aaa, nn aaa nnnn nn:nn:nn GMT";
    struct pl_str text = pl_str_trim(value);
    if (text.len != sizeof(form) - 1)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        bool fits = form[i] == 'n'   ? pl_is_digit(c)
                    : form[i] == 'a' ? pl_is_alpha(c)
                                     : c == form[i];
        if (!fits)
            return false;
    }
    int64_t day, year, hour, minute, second;
    int64_t month = month_of(pl_str_sub(text, 8, 11));
    if (!month || !read_digits(text, 5, 2, &day) ||
        !read_digits(text, 12, 4, &year) || !read_digits(text, 17, 2, &hour) ||
        !read_digits(text, 20, 2, &minute) ||
        !read_digits(text, 23, 2, &second) || !day || day > 31 || hour > 23 ||
        minute > 59 || second > 60)
        return false;
    *out =
        days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
    return true;
}

bool pl_http_read_retry_after(struct pl_str value, int64_t now,
                              uint64_t most_ms, uint64_t *out_ms)
{
    value = pl_str_trim(value);
    uint64_t seconds;
    int64_t date;
    if (!read_number(value, &seconds)) {
        if (!pl_http_read_date(value, &date))
            return false;
        seconds = date > now ? (uint64_t)(date - now) : 0;
    }
    *out_ms = most_ms;
    if (seconds <= most_ms / 1000)
        *out_ms = seconds * 1000;
    return true;
}
