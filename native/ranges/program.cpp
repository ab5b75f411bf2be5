#include "program.hpp"

#include <algorithm>

namespace emberline::ranges {

namespace {

bool within(Places places, std::size_t bound) {
    return std::all_of(places.begin(), places.end(),
                       [bound](std::int64_t place) { return place >= 0 && static_cast<std::size_t>(place) < bound; });
}

bool well_formed(const Lists& lists) {
    const Places offsets = lists.offsets;
    return !offsets.empty() && offsets.front() == 0 && std::is_sorted(offsets.begin(), offsets.end()) &&
           static_cast<std::size_t>(offsets.back()) == lists.items.size();
}

constexpr std::size_t longest = 1024;  // codes of a condition: operands are read by recursion

bool evaluates_to_one(Places condition, std::size_t burnings) {
    if (condition.size() > longest) return false;
    std::size_t depth = 0;
    for (const std::int64_t code : condition) {
        if (code >= 0) {
            if (static_cast<std::size_t>(code) >= burnings) return false;
            ++depth;
        } else {
            if ((code != Program::both && code != Program::either) || depth < 2) return false;
            --depth;
        }
    }
    return depth == 1;
}

bool are_ratios(const Program& program) {
    const std::size_t count = program.totals.size();
    if (program.bads.size() != count || program.kinds.size() != count || program.weights.size() != count) return false;
    for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t kind = program.kinds[i];
        if (kind < 0 || kind > static_cast<std::int64_t>(Bad::interpolated)) return false;
        const std::size_t sides = program.bads[i].size();
        if (kind == static_cast<std::int64_t>(Bad::interpolated) ? sides != 2 : sides == 0) return false;
        if (program.totals[i].empty()) return false;
    }
    return within(program.totals.items, program.sides.size()) && within(program.bads.items, program.sides.size());
}

bool are_alerts(const Program& program) {
    const std::size_t count = program.conditions.size(), burnings = program.thresholds.size();
    if (program.holds.size() != count || program.keeps.size() != count) return false;
    for (std::size_t i = 0; i < count; ++i) {
        if (!evaluates_to_one(program.conditions[i], burnings)) return false;
    }
    const Places units = program.units;
    return !units.empty() && units.front() == 0 && std::is_sorted(units.begin(), units.end()) &&
           static_cast<std::size_t>(units.back()) == count;
}

}  // namespace

std::string fault_of(const Program& program, std::size_t series, const Grid& grid) {
    for (const Lists* lists : {&program.sides, &program.totals, &program.bads, &program.conditions}) {
        if (!well_formed(*lists)) return "offsets do not cut a list into lists";
    }
    if (!within(program.sides.items, series)) return "a side sums a series that is not there";
    if (!are_ratios(program)) return "an error ratio is not made of sides";
    const auto positive = [](std::int64_t length) { return length > 0; };
    const auto negative = [](std::int64_t length) { return length < 0; };
    if (program.composed_of.size() != program.windows.size() || program.interval <= 0 ||
        !std::all_of(program.windows.begin(), program.windows.end(), positive) ||
        std::any_of(program.composed_of.begin(), program.composed_of.end(), negative)) {
        return "a window has no length, or no interval";
    }
    const bool composed = std::any_of(program.composed_of.begin(), program.composed_of.end(), positive);
    if (composed && grid.size() > 1 && (grid.step() == 0 || grid.step() % program.interval != 0)) {
        return "evaluations do not meet the points, " + std::to_string(program.interval) +
               " ms apart, that windows are composed of";
    }
    const std::size_t burnings = program.thresholds.size();
    if (program.ratios.size() != burnings || !within(program.ratios, program.totals.size()) ||
        program.spans.size() != burnings || !within(program.spans, program.windows.size())) {
        return "a burning is not an error ratio over a window";
    }
    if (!are_alerts(program)) return "a condition is not an expression over burnings";
    return {};
}

}  // namespace emberline::ranges
