// Prometheus' text format 0.0.4 and 1.0.0.
#include <algorithm>
#include <array>
#include <cstring>

#include "families.hpp"
#include "key.hpp"
#include "lines.hpp"
#include "number.hpp"
#include "readers.hpp"
#include "utf8.hpp"

namespace emberline::exposition {
namespace {

constexpr std::array<std::string_view, 5> type_names = {"untyped", "counter", "gauge", "histogram", "summary"};

constexpr std::uint64_t largest_timestamp = std::numeric_limits<std::int64_t>::max();

// Inlined in both places: a call for each sample would cost the scan a twentieth.
[[gnu::always_inline]] inline Step read_timestamp(const char* at, std::int64_t& timestamp) {
    at = skip_blanks(at);
    if (*at == '\n') return {at};
    if (!is(*at, digit)) return {at, Fault::timestamp};
    const char* start = at;
    std::uint64_t value = 0;
    for (; is(*at, digit); ++at) {
        const auto next = static_cast<unsigned>(*at - '0');
        if (value > (largest_timestamp - next) / 10) return {start, Fault::timestamp_range};
        value = value * 10 + next;
    }
    timestamp = static_cast<std::int64_t>(value);
    at = skip_blanks(at);
    return {at, *at == '\n' ? Fault::none : Fault::line_end};
}

class TextReader {
public:
    TextReader(const Buffer& page, const Limits& limits, Columns& columns)
        : limits_(limits),
          columns_(columns),
          ascii_(page.ascii()),
          keys_(limits.labels, ascii_),
          families_(page, columns) {}

    static Fault at_end() { return Fault::none; }

    // Like all below, leads to the line break.
    Step read_line(const char* line) {
        const char* at = skip_blanks(line);
        if (*at == '#') return read_comment(at);
        return *at == '\n' ? Step{at} : read_sample(at);
    }

private:
    Step read_comment(const char* at) {
        const char* mark = skip_blanks(at + 1);
        const bool help = std::memcmp(mark, "HELP", 4) == 0;
        const bool metadata = help || std::memcmp(mark, "TYPE", 4) == 0;
        if (mark == at + 1 || !metadata || !is(mark[4], blank)) return {line_end(mark)};
        const Step name = families_.read_name(skip_blanks(mark + 4));
        if (name.fault != Fault::none) return name;
        return help ? read_help(name.at) : read_type(name.at);
    }

    Step read_help(const char* at) {
        const char* end = line_end(at);
        const char* text = at + (at < end);
        if (!ascii_) {
            const std::string_view help{text, end};
            if (const std::size_t bad = ill_formed(help); bad != help.size()) return {text + bad, Fault::not_utf8};
        }
        if (skip_blanks(at) == end) text = end;
        families_.last().help = families_.span({text, end});
        return {end};
    }

    Step read_type(const char* at) {
        const char* end = line_end(at);
        const char* text = at + (at < end);
        const auto found = std::find(type_names.begin(), type_names.end(), std::string_view{text, end});
        if (found == type_names.end()) return {text, Fault::type};
        families_.last().type = static_cast<Type>(found - type_names.begin());
        return {end};
    }

    Step read_sample(const char* start) {
        if (columns_.values.size() == limits_.series) return {start, Fault::series};
        const Step key = keys_.read(start, families_.seen());
        if (key.fault != Fault::none) return key;
        double value = 0;
        const Step number = read_number(skip_blanks(key.at), value);
        if (number.fault != Fault::none) return number;
        std::int64_t timestamp = no_timestamp;
        const Step end = read_timestamp(number.at, timestamp);
        if (end.fault != Fault::none) return end;
        families_.join(keys_.name(), *start != '{');
        columns_.values.push_back(value);
        columns_.timestamps.push_back(timestamp);
        columns_.keys.push_back(families_.span({start, key.at}));
        return end;
    }

    const Limits& limits_;
    Columns& columns_;
    bool ascii_;
    KeyReader<Format::text> keys_;
    Families<Format::text> families_;
};

}  // namespace

Step read_text_numbers(const char* at, double& value, std::int64_t& timestamp) {
    const Step number = read_number(skip_blanks(at), value);
    return number.fault == Fault::none ? read_timestamp(number.at, timestamp) : number;
}

Verdict scan_text(const Buffer& page, const Limits& limits, Columns& columns) {
    TextReader reader{page, limits, columns};
    return read_lines(page, limits, reader);
}

}  // namespace emberline::exposition
