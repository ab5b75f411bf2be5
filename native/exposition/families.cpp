#include "families.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "key.hpp"

namespace emberline::exposition {

namespace {

using Endings = std::span<const std::string_view>;

// The endings of model.py, in the order of `Type`; an empty one is always among them.
constexpr std::array<std::string_view, 3> histogram = {"_bucket", "_sum", "_count"};
constexpr std::array<std::string_view, 2> summary = {"_sum", "_count"};
constexpr std::array<Endings, 8> text_endings = {Endings{}, Endings{}, Endings{}, histogram, summary};

constexpr std::array<std::string_view, 2> open_counter = {"_total", "_created"};
constexpr std::array<std::string_view, 4> open_histogram = {"_bucket", "_sum", "_count", "_created"};
constexpr std::array<std::string_view, 3> open_summary = {"_sum", "_count", "_created"};
constexpr std::array<std::string_view, 3> gaugehistogram = {"_bucket", "_gsum", "_gcount"};
constexpr std::array<std::string_view, 1> info = {"_info"};
constexpr std::array<Endings, 8> open_endings = {Endings{},    open_counter,   Endings{}, open_histogram,
                                                 open_summary, gaugehistogram, info,      Endings{}};

}  // namespace

bool Families::is_ending(std::string_view ending) const {
    const auto& table = format_ == Format::open ? open_endings : text_endings;
    const Endings endings = table[static_cast<std::size_t>(columns_.families.back().type)];
    return ending.empty() || std::find(endings.begin(), endings.end(), ending) != endings.end();
}

void Families::open(std::string_view name) {
    name_ = name;
    const auto first = static_cast<std::uint32_t>(columns_.values.size());
    columns_.families.push_back({span(name), {0, 0}, {0, 0}, Type::untyped, first, 0});
}

Step Families::read_name(const char* at) {
    Step end{at, Fault::metric_name};
    std::string_view name;
    if (*at == '"') {
        const Step quoted = read_quoted_name(at + 1, page_.ascii());
        if (quoted.fault != Fault::none) return quoted;
        name = {at + 1, quoted.at - 1};
        if (name.empty()) return end;
        end = quoted;
        seen_ = {};
    } else {
        if (!is(*at, letter | colon)) return end;
        end = {exposition::read_name(at, seen_)};
        seen_ = name = {at, end.at};
    }
    if (columns_.families.empty() || name_ != name) open(name);
    // Whatever the line says, the next sample is to be held against the family again.
    settled_ = false;
    return end;
}

}  // namespace emberline::exposition
