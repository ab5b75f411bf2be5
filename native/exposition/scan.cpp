#include <algorithm>
#include <array>
#include <cstring>

#include "bytes.hpp"
#include "columns.hpp"
#include "key.hpp"
#include "number.hpp"
#include "utf8.hpp"

namespace emberline::exposition {
namespace {

constexpr std::array<std::string_view, 5> type_names = {"untyped", "counter", "gauge", "histogram", "summary"};

constexpr std::uint64_t largest_timestamp = std::numeric_limits<std::int64_t>::max();

bool is_ending(std::string_view ending, Type type) {
    if (ending.empty()) return true;
    if (type != Type::histogram && type != Type::summary) return false;
    return ending == "_sum" || ending == "_count" || (ending == "_bucket" && type == Type::histogram);
}

class Scanner {
public:
    Scanner(std::string_view page, const Limits& limits, Columns& columns)
        : limits_(limits),
          columns_(columns),
          buffer_(page),
          ascii_(buffer_.ascii()),
          keys_(limits.labels, ascii_) {}

    Verdict scan() {
        const char* line = buffer_.begin();
        for (std::uint32_t number = 0; line < buffer_.end(); ++number) {
            if (number == limits_.lines) return {Fault::lines, offset(line)};
            const Step step = read_line(line);
            const char* end = step.fault == Fault::none ? step.at : line_end(step.at);
            if (static_cast<std::size_t>(end - line) > limits_.line_bytes) {
                return {Fault::line_bytes, std::uint64_t{offset(line)} + limits_.line_bytes};
            }
            if (step.fault != Fault::none) return {step.fault, offset(step.at)};
            line = end + 1;
        }
        return {Fault::none, 0};
    }

private:
    // Each leads to the line break.
    Step read_line(const char* line) {
        const char* at = skip_blanks(line);
        if (*at == '#') return read_comment(at);
        return *at == '\n' ? Step{at} : read_sample(at);
    }

    Step read_comment(const char* at) {
        const char* mark = skip_blanks(at + 1);
        const bool help = std::memcmp(mark, "HELP", 4) == 0;
        const bool metadata = help || std::memcmp(mark, "TYPE", 4) == 0;
        if (mark == at + 1 || !metadata || !is(mark[4], blank)) return {line_end(mark)};
        const Step name = read_family_name(skip_blanks(mark + 4));
        if (name.fault != Fault::none) return name;
        return help ? read_help(name.at) : read_type(name.at);
    }

    Step read_family_name(const char* at) {
        if (*at == '"') {
            const Step step = read_string(at + 1, ascii_);
            if (step.fault != Fault::none) return step;
            const std::string_view name{at + 1, step.at - 1};
            if (name.empty()) return {at, Fault::metric_name};
            name_family(name, {});
            return step;
        }
        if (!is(*at, letter | colon)) return {at, Fault::metric_name};
        const char* end = read_name(at, seen_);
        name_family({at, end}, {at, end});
        return {end};
    }

    void name_family(std::string_view name, std::string_view classic) {
        if (columns_.families.empty() || family_ != name) open_family(name);
        seen_ = classic;
        // Whatever the line says, the next sample is to be held against the family again.
        settled_ = false;
    }

    void open_family(std::string_view name) {
        family_ = name;
        const auto first = static_cast<std::uint32_t>(columns_.values.size());
        columns_.families.push_back({span(name), {0, 0}, Type::untyped, first, 0});
    }

    Step read_help(const char* at) {
        const char* end = line_end(at);
        const char* text = at + (at < end);
        if (!ascii_) {
            const std::string_view help{text, end};
            if (const std::size_t bad = ill_formed(help); bad != help.size()) return {text + bad, Fault::not_utf8};
        }
        if (skip_blanks(at) == end) text = end;
        columns_.families.back().help = span({text, end});
        return {end};
    }

    Step read_type(const char* at) {
        const char* end = line_end(at);
        const char* text = at + (at < end);
        const auto found = std::find(type_names.begin(), type_names.end(), std::string_view{text, end});
        if (found == type_names.end()) return {text, Fault::type};
        columns_.families.back().type = static_cast<Type>(found - type_names.begin());
        return {end};
    }

    Step read_sample(const char* start) {
        if (columns_.values.size() == limits_.series) return {start, Fault::series};
        const Step key = keys_.read(start, seen_);
        if (key.fault != Fault::none) return key;
        double value = 0;
        const Step number = read_number(skip_blanks(key.at), value);
        if (number.fault != Fault::none) return number;
        std::int64_t timestamp = no_timestamp;
        const Step end = read_timestamp(number.at, timestamp);
        if (end.fault != Fault::none) return end;
        join_family(*start != '{');
        columns_.values.push_back(value);
        columns_.timestamps.push_back(timestamp);
        columns_.keys.push_back({offset(start), offset(key.at)});
        return end;
    }

    static Step read_timestamp(const char* at, std::int64_t& timestamp) {
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

    // Counts the key last read to the family it belongs to.
    void join_family(bool classic) {
        const std::string_view name = keys_.name();
        if (!settled_ || name != seen_) {
            const bool member = !columns_.families.empty() && name.starts_with(family_) &&
                                is_ending(name.substr(family_.size()), columns_.families.back().type);
            if (!member) open_family(name);
            settled_ = true;
            seen_ = classic ? name : std::string_view{};
        }
        ++columns_.families.back().count;
    }

    std::uint32_t offset(const char* at) const { return static_cast<std::uint32_t>(at - buffer_.begin()); }
    Span span(std::string_view text) const { return {offset(text.data()), offset(text.data() + text.size())}; }

    const Limits& limits_;
    Columns& columns_;
    Buffer buffer_;
    bool ascii_;
    KeyReader keys_;
    // The last family's name between its quotes, and the last name of any kind, where that is classic.
    std::string_view family_;
    std::string_view seen_;
    // Whether that last name is a sample's, and the sample joined the last family.
    bool settled_ = false;
};

}  // namespace

Verdict scan(std::string_view page, const Limits& limits, Columns& columns) {
    if (page.size() > limits.body_bytes) return {Fault::body_bytes, limits.body_bytes};
    const std::size_t guess = page.size() / 64;
    columns.values.reserve(guess);
    columns.timestamps.reserve(guess);
    columns.keys.reserve(guess);
    return Scanner{page, limits, columns}.scan();
}

}  // namespace emberline::exposition
