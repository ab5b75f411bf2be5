#include "bounds.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace emberline::ranges {

namespace {

constexpr double margin = 1 - 1e-9;  // far more than what the exact arithmetic rounds away
// Extrapolation reaches less than 1.1 of the samples' distances to either side.
constexpr double beyond = 2.2;
constexpr double widest = 1 + beyond;  // of a window with two samples
constexpr std::size_t few = 2;         // error ratios of a unit whose levels are kept
constexpr std::size_t largest = 256;   // evaluations of a block
constexpr std::size_t coarse = 8;      // of a block that is sooner looked at than each of its evaluations
constexpr std::size_t smallest = 4;    // of a block that is sooner computed than looked at closer

// Of windows of two samples or more, the most that bad events can be against the least that all can be.
EMBERLINE_VECTORISED void compare(const double* bad, const double* bad_before, const double* total,
                                  const double* total_before, double most, std::size_t count, std::uint8_t* verdicts) {
    for (std::size_t i = 0; i < count; ++i) {
        const double risen = total[i] - total_before[i];
        const double least = risen > 0 ? risen : 0.0;
        const bool told = (bad[i] - bad_before[i]) * widest <= least * most;
        verdicts[i] = static_cast<std::uint8_t>(told ? under : open);
    }
}

std::size_t block_of(std::size_t steps) {
    std::size_t block = 1;
    while (block < largest && block * 6 <= steps) block *= 2;
    return block;
}

// By how much a window of so many samples or more is extrapolated at most.
double factor(double samples) { return 1 + beyond / std::max(samples - 1, 1.0); }

}  // namespace

Stretch next_open(const std::uint8_t* verdicts, std::size_t place, std::size_t count) {
    const void* const found = std::memchr(verdicts + place, open, count - place);
    if (found == nullptr) return {count, count};
    const auto from = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - verdicts);
    std::size_t until = from + 1;
    while (until < count && verdicts[until] == open) ++until;
    return {from, until};
}

struct Bounds::Burning {
    const Pair& pair;
    double threshold;
    std::ptrdiff_t inner, outer;  // steps that every window spans, and that none exceeds
    std::size_t block, smallest;  // evaluations that are looked at together

    // From one evaluation to another, the most that bad events can be, and the least that all can be.
    double most_bad(std::ptrdiff_t first, std::ptrdiff_t last) const {
        return pair.bad.levels.reached(last) - pair.bad.levels.reached(first - outer);
    }
    double least_total(std::ptrdiff_t first, std::ptrdiff_t last) const {
        return std::max(0.0, pair.total.levels.reached(first) - pair.total.levels.begun(last - inner));
    }
};

Bounds::Bounds(const Program& program, const Grid& grid, std::span<const Indexed* const> series)
    : program_(program), grid_(grid), series_(series) {
    for (std::size_t i = 0; i < program.windows.size(); ++i) {
        if (program.composed_of[i] == 0) longest_ = std::max(longest_, program.windows[i]);
    }
}

void Bounds::clear() { pairs_.clear(); }

bool Bounds::tell(std::size_t nth, std::size_t from, std::size_t until, std::vector<std::uint8_t>& verdicts) {
    const auto span = static_cast<std::size_t>(program_.spans[nth]);
    const std::int64_t length = program_.windows[span], step = grid_.step();
    const double threshold = program_.thresholds[nth];
    if (step == 0 || length < step || program_.composed_of[span] != 0 || !(threshold >= 0)) return false;
    const Pair* const known = pair(static_cast<std::size_t>(program_.ratios[nth]));
    if (known == nullptr) return false;
    const std::int64_t inner = length / step;
    const std::size_t block = block_of(static_cast<std::size_t>(inner));
    const Burning burning{*known, threshold, inner, inner + (length % step != 0), block, std::min(block, smallest)};
    if (burning.block < coarse) {
        tell_each(burning, from, until, verdicts.data());
    } else {
        tell_blocks(burning, burning.block, from, until, verdicts.data());
    }
    return true;
}

const Bounds::Pair* Bounds::pair(std::size_t ratio) {
    if (static_cast<Bad>(program_.kinds[ratio]) != Bad::counted) return nullptr;
    const auto [found, fresh] = pairs_.emplace(ratio, pairs_.size());
    const std::size_t place = found->second;
    if (place >= few) return nullptr;
    if (place == room_.size()) room_.push_back(std::make_unique<Pair>());
    Pair& own = *room_[place];
    if (fresh) own.known = read(own.bad, program_.bads[ratio]) && read(own.total, program_.totals[ratio]);
    return own.known ? &own : nullptr;
}

bool Bounds::read(Sides& sides, Places lists) const {
    sides.members.clear();
    std::int64_t first = std::numeric_limits<std::int64_t>::max();
    for (const std::int64_t side : lists) {
        for (const std::int64_t member : program_.sides[static_cast<std::size_t>(side)]) {
            const Series& series = series_[static_cast<std::size_t>(member)]->series;
            if (series.size() == 0) continue;
            sides.members.push_back(&series);
            first = std::min(first, series.times()[0]);
        }
    }
    if (sides.members.empty()) return false;
    return sides.levels.clear(grid_, first, longest_) &&
           std::all_of(sides.members.begin(), sides.members.end(),
                       [&sides](const Series* series) { return sides.levels.add(*series); });
}

void Bounds::tell_blocks(const Burning& burning, std::size_t block, std::size_t from, std::size_t until,
                         std::uint8_t* verdicts) const {
    for (std::size_t begin = from; begin < until; begin += block) {
        halve(burning, begin, std::min(begin + block, until), verdicts + (begin - from));
    }
}

void Bounds::halve(const Burning& burning, std::size_t from, std::size_t until, std::uint8_t* verdicts) const {
    const Verdict found = verdict(burning, from, until - 1);
    const std::size_t half = (until - from) / 2;
    if (found != open || half < burning.smallest) {
        std::fill_n(verdicts, until - from, static_cast<std::uint8_t>(found));
    } else {
        halve(burning, from, from + half, verdicts);
        halve(burning, from + half, until, verdicts + half);
    }
}

// All of them at once where there are levels so far back; what that leaves open block by block.
void Bounds::tell_each(const Burning& burning, std::size_t from, std::size_t until, std::uint8_t* verdicts) const {
    const Levels &bad = burning.pair.bad.levels, &total = burning.pair.total.levels;
    const auto begin = static_cast<std::ptrdiff_t>(from), end = static_cast<std::ptrdiff_t>(until);
    const std::ptrdiff_t earliest = burning.outer + std::max(bad.earliest(), total.earliest());
    const std::ptrdiff_t inside = std::clamp(earliest, begin, end);
    std::fill_n(verdicts, inside - begin, static_cast<std::uint8_t>(open));
    if (inside < end) {
        compare(bad.reached_from(inside), bad.reached_from(inside - burning.outer), total.reached_from(inside),
                total.begun_from(inside - burning.inner), burning.threshold * margin,
                static_cast<std::size_t>(end - inside), verdicts + (inside - begin));
    }
    const std::size_t count = until - from;
    for (Stretch next = next_open(verdicts, 0, count); next.from < count; next = next_open(verdicts, next.until, count)) {
        tell_blocks(burning, burning.block, from + next.from, from + next.until, verdicts + next.from);
    }
}

Verdict Bounds::verdict(const Burning& burning, std::size_t first, std::size_t last) const {
    const Levels &bad = burning.pair.bad.levels, &total = burning.pair.total.levels;
    const auto begin = static_cast<std::ptrdiff_t>(first), end = static_cast<std::ptrdiff_t>(last);
    const std::ptrdiff_t outer = begin - burning.outer, inner = end - burning.inner;
    const double most_bad = burning.most_bad(begin, end), least_total = burning.least_total(begin, end);
    const double most = burning.threshold * margin;
    if (most_bad * widest <= least_total * most) return under;
    const double least_bad = (bad.reached(begin) - bad.begun(inner)) * margin;
    const double most_total = (total.reached(end) - total.reached(outer)) * burning.threshold;
    const bool both = least_bad > 0 && least_total > 0;  // are there, at every one of the evaluations
    if (both && least_bad > most_total * widest) return over;
    // Closer, where the number of samples may tell.
    if (most_bad <= least_total * most) {
        return most_bad * factor(samples(burning.pair.bad, inner, first)) <= least_total * most ? under : open;
    }
    if (both && least_bad > most_total) {
        return least_bad > most_total * factor(samples(burning.pair.total, inner, first)) ? over : open;
    }
    return open;
}

double Bounds::samples(const Sides& sides, std::ptrdiff_t begin, std::size_t end) const {
    std::size_t fewest = std::numeric_limits<std::uint32_t>::max();
    for (const Series* series : sides.members) {
        fewest = std::min(fewest, series->until(grid_[end]) - series->until(time(begin)));
    }
    return static_cast<double>(fewest);
}

}  // namespace emberline::ranges
