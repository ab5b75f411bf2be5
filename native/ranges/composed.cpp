#include "composed.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "folds.hpp"

namespace emberline::ranges {

namespace {

// Evaluations `interval` apart, from the first one within a window of `length` at the grid's first time to its last.
std::vector<std::int64_t> evaluations(const Grid& grid, std::int64_t length, std::int64_t interval, bool closed) {
    const std::int64_t within = closed ? length / interval + 1 : (length + interval - 1) / interval;
    std::vector<std::int64_t> times;
    for (std::int64_t at = grid[0] - (within - 1) * interval; at <= grid[grid.size() - 1]; at += interval) {
        times.push_back(at);
    }
    return times;
}

// Windows of `length` consecutive points, beginning every `stride` points.
struct Windows {
    std::size_t length, stride, count;
};

// A window is the difference of two running sums, each a pair of doubles: the sum, and what its additions rounded away.
// False where the points are no finite numbers, or their sum is none.
bool subtract_running(const Column& points, const Windows& windows, Column& found) {
    std::vector<double> sums{0.0}, lost{0.0};
    sums.reserve(points.size() + 1);
    lost.reserve(points.size() + 1);
    for (std::size_t i = 0; i < points.size(); ++i) {
        const double value = points.present[i] ? points.values[i] : 0.0;
        sums.push_back(sums[i] + value);
        lost.push_back(lost[i] + rounding(sums[i], value, sums[i + 1]));
    }
    if (!std::isfinite(sums.back())) return false;  // what is not finite stays in a running sum
    for (std::size_t i = 0; i < windows.count; ++i) {
        const std::size_t begin = i * windows.stride, end = begin + windows.length;
        const double risen = sums[end] - sums[begin];
        found.values[i] = risen + (rounding(sums[end], -sums[begin], risen) + (lost[end] - lost[begin]));
    }
    return true;
}

void move_sum(const Column& points, const Windows& windows, Column& found) {
    RunningSum sum;
    std::size_t begin = 0, end = 0;
    for (std::size_t i = 0; i < windows.count; ++i) {
        for (; end < i * windows.stride + windows.length; ++end) {
            if (points.present[end]) sum.add(points.values[end]);
        }
        for (; begin < i * windows.stride; ++begin) {
            if (points.present[begin]) sum.remove(points.values[begin]);
        }
        found.values[i] = sum.value();
    }
}

// `sum_over_time` of each window: present where one of its points is.
Column sums(const Column& points, const Windows& windows) {
    Column found(points.room(), windows.count);
    if (!subtract_running(points, windows, found)) move_sum(points, windows, found);
    std::size_t present = 0, begin = 0, end = 0;
    for (std::size_t i = 0; i < windows.count; ++i) {
        while (end < i * windows.stride + windows.length) present += points.present[end++];
        while (begin < i * windows.stride) present -= points.present[begin++];
        found.present[i] = present > 0;
    }
    return found;
}

Column part(const Column& whole, std::size_t from, std::size_t until) {
    Column column(whole.room(), until - from);
    std::copy_n(whole.values.begin() + static_cast<std::ptrdiff_t>(from), until - from, column.values.begin());
    std::copy_n(whole.present.begin() + static_cast<std::ptrdiff_t>(from), until - from, column.present.begin());
    return column;
}

void place(const Column& part, std::size_t from, Column& whole) {
    std::copy(part.values.begin(), part.values.end(), whole.values.begin() + static_cast<std::ptrdiff_t>(from));
    std::copy(part.present.begin(), part.present.end(), whole.present.begin() + static_cast<std::ptrdiff_t>(from));
}

}  // namespace

void RunningSum::change(double point, int sign) {
    if (std::isfinite(point)) {
        const double change = sign * point;
        const double raised = high_ + change;
        low_ += rounding(high_, change, raised);
        high_ = raised + low_;
        low_ -= high_ - raised;
    } else {
        (std::isnan(point) ? nan_ : point > 0 ? above_ : below_) += sign;
    }
}

double RunningSum::value() const {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (nan_ > 0 || (above_ > 0 && below_ > 0)) return std::numeric_limits<double>::quiet_NaN();
    return above_ > 0 ? infinity : below_ > 0 ? -infinity : high_ + low_;
}

Column Composed::error_ratio(std::size_t ratio, std::size_t span, std::size_t from, std::size_t until) {
    const Events& events = over_all(ratio, span);
    Column bad = part(events.bad, from, until);
    divide(bad, part(events.total, from, until));
    return bad;
}

// Tile by tile: what is worked out on the way to bad and total takes the room of a tile, not of all points.
Events Composed::all_events(const Grid& slots, std::size_t ratio, std::int64_t window) const {
    Events points{Column(room_, slots.size()), Column(room_, slots.size())};
    for (std::size_t from = 0; from < slots.size(); from += tile_size) {
        const Tile tile{program_, profile_, slots, series_, from, std::min(from + tile_size, slots.size()), room_};
        const Events events = events_of(tile, ratio, window);
        place(events.bad, from, points.bad);
        place(events.total, from, points.total);
    }
    return points;
}

const Events& Composed::over_all(std::size_t ratio, std::size_t span) {
    const auto known = events_.find({ratio, span});
    if (known != events_.end()) return known->second;
    const std::int64_t length = program_.windows[span];
    const std::vector<std::int64_t> times = evaluations(grid_, length, program_.interval, profile_.closed);
    const Grid slots{times};
    const Events points = all_events(slots, ratio, program_.composed_of[span]);
    const std::size_t stride = grid_.size() < 2 ? 1 : static_cast<std::size_t>(grid_.step() / program_.interval);
    const std::size_t within = slots.size() - (grid_.size() - 1) * stride;
    const Windows windows{within, stride, grid_.size()};
    Events events{sums(points.bad, windows), sums(points.total, windows)};
    return events_.emplace(std::pair{ratio, span}, std::move(events)).first->second;
}

}  // namespace emberline::ranges
