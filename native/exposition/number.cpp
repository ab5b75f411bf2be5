#include "number.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <string_view>

#include "bytes.hpp"

namespace emberline::exposition {
namespace {

// The NaN that Prometheus stores for any NaN it reads.
const double stored_nan = std::bit_cast<double>(std::uint64_t{0x7FF8000000000001});

constexpr std::array<double, 23> powers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                           1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr std::int64_t largest_power = std::ssize(powers) - 1;
constexpr std::uint64_t exact_integers = std::uint64_t{1} << 53;
constexpr int exact_digits = 19;
constexpr std::int64_t endless = 1'000'000'000'000;

bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

bool ends_number(char c) { return is(c, blank | line_break) || c == '{'; }

std::string_view token(const char* at) {
    const char* end = at;
    while (!ends_number(*end)) ++end;
    return {at, end};
}

bool same_word(std::string_view text, std::string_view lower) {
    if (text.size() != lower.size()) return false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if ((text[at] | 0x20) != lower[at]) return false;
    }
    return true;
}

Step read_word(const char* start, double& value) {
    const std::string_view all = token(start);
    std::string_view word = all;
    const char* end = all.data() + all.size();
    if (word.empty()) return {start, Fault::value};
    if (same_word(word, "nan")) {
        value = stored_nan;
        return {end};
    }
    const bool negative = word.front() == '-';
    if (negative || word.front() == '+') word.remove_prefix(1);
    if (!same_word(word, "inf") && !same_word(word, "infinity")) return {start, Fault::not_a_number};
    value = negative ? -HUGE_VAL : HUGE_VAL;
    return {end};
}

struct Decimal {
    const char* digits;
    const char* end;
    std::int64_t exponent;
};

// Only the size of the number is in question: it is too large, or it rounds to zero.
Step beyond_range(const char* start, const Decimal& decimal, bool negative, double& value) {
    std::int64_t before_point = 0;
    bool point = false;
    bool leading = true;
    for (const char* at = decimal.digits; is_digit(*at) || *at == '.'; ++at) {
        if (*at == '.') {
            point = true;
            continue;
        }
        leading = leading && *at == '0';
        before_point += leading ? (point ? -1 : 0) : (point ? 0 : 1);
    }
    if (before_point + decimal.exponent > 0) return {start, Fault::out_of_range};
    value = negative ? -0.0 : 0.0;
    return {decimal.end};
}

Step read_slowly(const char* start, const Decimal& decimal, bool negative, double& value) {
    const auto result = std::from_chars(decimal.digits, decimal.end, value);
    if (result.ec == std::errc::result_out_of_range) return beyond_range(start, decimal, negative, value);
    if (negative) value = -value;
    return {decimal.end};
}

}  // namespace

Step read_number(const char* start, double& value) {
    const char* at = start;
    const bool negative = *at == '-';
    if (negative || *at == '+') ++at;
    Decimal decimal{at, at, 0};
    std::uint64_t mantissa = 0;
    for (; is_digit(*at); ++at) mantissa = mantissa * 10 + static_cast<unsigned>(*at - '0');
    std::int64_t digits = at - decimal.digits;
    std::int64_t scale = 0;
    if (*at == '.') {
        const char* fraction = ++at;
        for (; is_digit(*at); ++at) mantissa = mantissa * 10 + static_cast<unsigned>(*at - '0');
        scale = fraction - at;
        digits -= scale;
    }
    if (digits == 0) return read_word(start, value);
    if ((*at | 0x20) == 'e') {
        const bool down = *++at == '-';
        if (down || *at == '+') ++at;
        if (!is_digit(*at)) return {start, Fault::not_a_number};
        std::int64_t exponent = 0;
        for (; is_digit(*at); ++at) {
            if (exponent < endless) exponent = exponent * 10 + (*at - '0');
        }
        decimal.exponent = down ? -exponent : exponent;
    }
    if (!ends_number(*at)) return {start, Fault::not_a_number};
    decimal.end = at;
    const std::int64_t power = mantissa == 0 ? 0 : decimal.exponent + scale;
    if (digits > exact_digits || mantissa > exact_integers || power > largest_power || power < -largest_power) {
        return read_slowly(start, decimal, negative, value);
    }
    // Both numbers are exact, so one rounding gives the correctly rounded result.
    value = static_cast<double>(mantissa);
    if (power < 0) {
        value /= powers[static_cast<std::size_t>(-power)];
    } else {
        value *= powers[static_cast<std::size_t>(power)];
    }
    if (negative) value = -value;
    return {at};
}

namespace {

// An integer below 2^53 is its own shortest digits, once trailing zeros are gone.
char* write_integer(char* out, std::uint64_t value) {
    char* const end = std::to_chars(out, out + longest_number, value).ptr;
    const auto power = end - out - 1;
    if (power < 6) return end;
    char* last = end - 1;
    while (*last == '0') --last;
    std::memmove(out + 2, out + 1, static_cast<std::size_t>(last - out));
    out[1] = '.';
    char* at = last == out ? out + 1 : last + 2;
    *at++ = 'e';
    *at++ = '+';
    *at++ = static_cast<char>('0' + power / 10);
    *at++ = static_cast<char>('0' + power % 10);
    return at;
}

}  // namespace

char* write_number(char* out, double value) {
    if (std::isnan(value)) return std::copy_n("NaN", 3, out);
    if (std::isinf(value)) return std::copy_n(value < 0 ? "-Inf" : "+Inf", 4, out);
    if (std::signbit(value)) {
        *out++ = '-';
        value = -value;
    }
    if (value < static_cast<double>(exact_integers)) {
        const auto whole = static_cast<std::uint64_t>(value);
        if (static_cast<double>(whole) == value) return write_integer(out, whole);
    }
    return std::to_chars(out, out + longest_number, value, std::chars_format::general).ptr;
}

}  // namespace emberline::exposition
