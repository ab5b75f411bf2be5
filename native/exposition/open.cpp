// OpenMetrics 1.0, as strict as Prometheus' own parser: one blank between tokens and none elsewhere.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "families.hpp"
#include "key.hpp"
#include "lines.hpp"
#include "number.hpp"
#include "readers.hpp"
#include "utf8.hpp"

namespace emberline::exposition {
namespace {

constexpr std::array<std::string_view, 8> type_names = {"unknown", "counter",        "gauge", "histogram",
                                                        "summary", "gaugehistogram", "info",  "stateset"};

constexpr double beyond_timestamps = 0x1p63;

bool opens_exemplar(const char* at) { return std::memcmp(at, " # {", 4) == 0; }

// Behind a number that a blank or the line break ends.
Step read_real(const char* start, double& value) {
    const char* stop = find<' ', '\t', '\n', '{'>(start);
    if (*stop == '\t' || *stop == '{') return {start, Fault::not_a_number};
    return read_number(start, value);
}

// Behind a finite number of seconds.
Step read_seconds(const char* start, double& seconds) {
    const Step number = read_real(start, seconds);
    const bool endless = number.fault == Fault::none && !std::isfinite(seconds);
    if (number.fault == Fault::out_of_range || endless) return {start, Fault::timestamp_range};
    return number.fault == Fault::none ? number : Step{start, Fault::seconds};
}

class OpenReader {
public:
    OpenReader(const Buffer& page, const Limits& limits, Columns& columns)
        : limits_(limits),
          columns_(columns),
          ascii_(page.ascii()),
          keys_(limits.labels, ascii_),
          families_(page, columns) {}

    Fault at_end() const { return ended_ ? Fault::none : Fault::no_eof; }

    // Like all below, but those that say otherwise, leads to the line break.
    Step read_line(const char* line) {
        if (ended_) return {line, Fault::after_eof};
        return *line == '#' ? read_comment(line) : read_sample(line);
    }

private:
    Step read_comment(const char* line) {
        const auto is_mark = [line](const char* mark) { return std::memcmp(line, mark, 5) == 0; };
        if (is_mark("# EOF")) {
            ended_ = true;
            return {line + 5, line[5] == '\n' ? Fault::none : Fault::after_eof};
        }
        const bool help = is_mark("# HEL") && line[5] == 'P';
        const bool type = is_mark("# TYP") && line[5] == 'E';
        const bool unit = is_mark("# UNI") && line[5] == 'T';
        if (!(help || type || unit) || line[6] != ' ') return {line, Fault::comment};
        const Step name = families_.read_name(line + 7);
        if (name.fault != Fault::none) return name;
        if (*name.at != ' ') return {name.at, Fault::blank};
        const std::string_view text{name.at + 1, line_end(name.at)};
        return help ? read_help(text) : type ? read_type(text) : read_unit(text);
    }

    Step read_help(std::string_view text) {
        if (!ascii_) {
            if (const std::size_t bad = ill_formed(text); bad != text.size()) {
                return {text.data() + bad, Fault::not_utf8};
            }
        }
        families_.last().help = families_.span(text);
        return {text.data() + text.size()};
    }

    Step read_type(std::string_view text) {
        const auto found = std::find(type_names.begin(), type_names.end(), text);
        if (found == type_names.end()) return {text.data(), Fault::open_type};
        families_.last().type = static_cast<Type>(found - type_names.begin());
        return {text.data() + text.size()};
    }

    Step read_unit(std::string_view text) {
        const std::string_view name = families_.name();
        const bool last_word = text.empty() || (name.size() > text.size() && name.ends_with(text) &&
                                                name[name.size() - text.size() - 1] == '_');
        if (!last_word) return {text.data(), Fault::unit};
        families_.last().unit = families_.span(text);
        return {text.data() + text.size()};
    }

    Step read_sample(const char* start) {
        if (columns_.values.size() == limits_.series) return {start, Fault::series};
        const Step key = keys_.read(start, families_.seen());
        if (key.fault != Fault::none) return key;
        if (*key.at != ' ') return {key.at, Fault::blank};
        double value = 0;
        const Step number = read_real(key.at + 1, value);
        if (number.fault != Fault::none) return number;
        std::int64_t timestamp = no_timestamp;
        const Step end = read_tail(number.at, timestamp);
        if (end.fault != Fault::none) return end;
        families_.join(keys_.name(), *start != '{');
        columns_.values.push_back(value);
        columns_.timestamps.push_back(timestamp);
        columns_.keys.push_back(families_.span({start, key.at}));
        return end;
    }

    // What may follow a value.
    Step read_tail(const char* at, std::int64_t& timestamp) const {
        if (*at == '\n') return {at};
        if (opens_exemplar(at)) return read_exemplar(at + 4);
        const Step stamp = read_timestamp(at + 1, timestamp);
        if (stamp.fault != Fault::none || *stamp.at == '\n') return stamp;
        if (opens_exemplar(stamp.at)) return read_exemplar(stamp.at + 4);
        return {stamp.at + 1, Fault::exemplar};
    }

    // Behind the timestamp; what is finer than a millisecond is cut off, as in Prometheus.
    static Step read_timestamp(const char* start, std::int64_t& timestamp) {
        double seconds = 0;
        const Step stamp = read_seconds(start, seconds);
        if (stamp.fault != Fault::none) return stamp;
        const double milliseconds = seconds * 1000;
        if (!(std::abs(milliseconds) < beyond_timestamps)) return {start, Fault::timestamp_range};
        timestamp = static_cast<std::int64_t>(milliseconds);
        return stamp;
    }

    // Checks an exemplar and lets go of it. Names may occur twice and be empty, as in Prometheus, which drops those.
    Step read_exemplar(const char* at) const {
        while (*at != '}') {
            const Step label = read_exemplar_label(at);
            if (label.fault != Fault::none) return label;
            at = label.at;
            if (*at != ',' && *at != '}') return {at, Fault::comma};
            at += *at == ',';
        }
        if (*++at != ' ') return {at, Fault::blank};
        double number = 0;
        Step end = read_real(at + 1, number);
        if (end.fault != Fault::none || *end.at == '\n') return end;
        end = read_seconds(end.at + 1, number);
        if (end.fault != Fault::none || *end.at == '\n') return end;
        return {end.at, Fault::line_end};
    }

    // Behind the label.
    Step read_exemplar_label(const char* at) const {
        if (*at == '"') {
            const Step name = read_quoted_name(at + 1, ascii_);
            if (name.fault != Fault::none) return name;
            at = name.at;
        } else {
            if (!is(*at, letter)) return {at, Fault::label_name};
            at = skip(at, letter | digit);
        }
        if (*at != '=') return {at, Fault::equals};
        if (*++at != '"') return {at, Fault::label_value};
        return read_string(at + 1, ascii_);
    }

    const Limits& limits_;
    Columns& columns_;
    bool ascii_;
    KeyReader<Format::open> keys_;
    Families<Format::open> families_;
    bool ended_ = false;
};

}  // namespace

Verdict scan_open(const Buffer& page, const Limits& limits, Columns& columns) {
    OpenReader reader{page, limits, columns};
    return read_lines(page, limits, reader);
}

}  // namespace emberline::exposition
