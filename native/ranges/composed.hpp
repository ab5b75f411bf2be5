// Windows that are sums of recorded points: bad and total over a short window, at every evaluation within a long one.
#pragma once

#include <map>

#include "ratio.hpp"

namespace emberline::ranges {

// A sum that points join and leave, in twice the precision of a double: what leaves takes away just what it brought.
class RunningSum {
public:
    void add(double point) { change(point, 1); }
    void remove(double point) { change(point, -1); }
    double value() const;

private:
    void change(double point, int sign);

    double high_ = 0, low_ = 0;
    int nan_ = 0, above_ = 0, below_ = 0;  // points that are no finite numbers
};

// The error ratios over composed windows of one unit, whose points are worked out once for all tiles.
class Composed {
public:
    Composed(const Program& program, const Profile& profile, const Grid& grid, std::span<const Indexed* const> series,
             Room& room)
        : program_(program), profile_(profile), grid_(grid), series_(series), room_(room) {}

    // bad / total of error ratio `ratio` over the window `span` at grid times [from, until).
    Column error_ratio(std::size_t ratio, std::size_t span, std::size_t from, std::size_t until);

private:
    const Events& over_all(std::size_t ratio, std::size_t span);
    Events all_events(const Grid& slots, std::size_t ratio, std::int64_t window) const;

    const Program& program_;
    const Profile& profile_;
    const Grid& grid_;
    std::span<const Indexed* const> series_;
    Room& room_;
    std::map<std::pair<std::size_t, std::size_t>, Events> events_;  // by error ratio and window, over the whole grid
};

}  // namespace emberline::ranges
