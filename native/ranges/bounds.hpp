// Whether an error ratio exceeds its threshold, told for many evaluations at once without a division.
//
// What a counter rose by lies between two differences of levels: the one over all that the windows of some consecutive
// evaluations touch, and the one over what they have in common. Extrapolation does not make it less, and adds at most a
// share that follows from the number of samples. Where that is enough to tell bad / total from the threshold, with a
// margin for rounding, nothing else need be computed; elsewhere nothing is told.
#pragma once

#include <map>
#include <memory>

#include "levels.hpp"
#include "program.hpp"
#include "ragged.hpp"

namespace emberline::ranges {

// Whether a ratio is over its threshold: one that is absent or NaN is not.
enum Verdict : std::uint8_t { under, over, open };

// Evaluations [from, until) of a list of verdicts.
struct Stretch {
    std::size_t from, until;
};

// The next ones that are open, at or after a place; empty, at the end, where there are none.
Stretch next_open(const std::uint8_t* verdicts, std::size_t place, std::size_t count);

class Bounds {
public:
    Bounds(const Program& program, const Grid& grid, std::span<const Indexed* const> series);

    // Forgets the series of the unit before.
    void clear();

    // Of each evaluation [from, until) whether burning `nth` holds there. False where nothing can be told.
    bool tell(std::size_t nth, std::size_t from, std::size_t until, std::vector<std::uint8_t>& verdicts);

private:
    struct Sides {
        std::vector<const Series*> members;
        Levels levels;
    };
    // Levels of an error ratio's bad and total events, if it can have any.
    struct Pair {
        bool known = false;
        Sides bad, total;
    };
    struct Burning;

    const Pair* pair(std::size_t ratio);
    bool read(Sides& sides, Places lists) const;
    void tell_each(const Burning& burning, std::size_t from, std::size_t until, std::uint8_t* verdicts) const;
    void tell_blocks(const Burning& burning, std::size_t block, std::size_t from, std::size_t until,
                     std::uint8_t* verdicts) const;
    void halve(const Burning& burning, std::size_t from, std::size_t until, std::uint8_t* verdicts) const;
    Verdict verdict(const Burning& burning, std::size_t first, std::size_t last) const;
    // The fewest samples of a member after evaluation `begin`, up to evaluation `end`.
    double samples(const Sides& sides, std::ptrdiff_t begin, std::size_t end) const;
    std::int64_t time(std::ptrdiff_t place) const { return grid_[0] + place * grid_.step(); }

    const Program& program_;
    const Grid& grid_;
    std::span<const Indexed* const> series_;
    std::int64_t longest_ = 0;
    std::map<std::size_t, std::size_t> pairs_;  // of the unit, by error ratio
    std::vector<std::unique_ptr<Pair>> room_;
};

}  // namespace emberline::ranges
