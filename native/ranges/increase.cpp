#include "increase.hpp"

#include <algorithm>

#include "window.hpp"

namespace emberline::ranges {

namespace {

constexpr std::size_t few = 3;  // steps that are not worth a call of every loop

class Reader {
public:
    Reader(const Series& series, const Grid& grid, const Wanted& wanted)
        : series_(series), grid_(grid), wanted_(wanted), window_(series, grid, wanted.window, wanted.profile.closed) {}

    // The increases from grid time i on, as many as can be told at once; how many these were, absent ones negative.
    std::ptrdiff_t read(std::size_t i, std::size_t until, double* values) {
        window_.move(i);
        if (window_.count() < 2) {
            const std::size_t steps = window_.idle(i, until);
            std::fill_n(values, steps, 0.0);
            return -static_cast<std::ptrdiff_t>(steps);
        }
        const Window::Stretch stretch = window_.stretch(i, until, few);
        if (stretch.steps < few) {
            scatter(grid_[i], values);
            return 1;
        }
        const Stretched windows{series_.values() + window_.first(), series_.values() + window_.last(), stretch.left,
                                stretch.right, stretch.steps, series_.values(), window_.resets()};
        extrapolate(windows, distances(grid_[i]), gains(stretch), wanted_, alike_, values);
        window_.skip(stretch);
        return static_cast<std::ptrdiff_t>(stretch.steps);
    }

    void finish() { scattered_.extrapolate(wanted_); }

private:
    Distances distances(std::int64_t at) const {
        const std::int64_t first = window_.first_time(), last = window_.last_time();
        return {static_cast<double>(window_.count() - 1), static_cast<double>(last - first),
                static_cast<double>(first - (at - wanted_.window)), static_cast<double>(at - last)};
    }

    // What the distances gain with each step: an end that moves keeps its distance from the window's.
    Distances gains(const Window::Stretch& stretch) const {
        const auto step = static_cast<double>(grid_.step());
        const double left = stretch.left == 0 ? 0 : step, right = stretch.right == 0 ? 0 : step;
        return {static_cast<double>(stretch.right) - static_cast<double>(stretch.left), right - left, left - step,
                step - right};
    }

    void scatter(std::int64_t at, double* value) {
        const double first = series_.values()[window_.first()];
        double risen = series_.values()[window_.last()] - first;
        for (const std::uint32_t reset : window_.resets()) risen += series_.values()[reset - 1];
        scattered_.add(first, risen, distances(at), value);
        if (scattered_.full()) scattered_.extrapolate(wanted_);
    }

    const Series& series_;
    const Grid& grid_;
    const Wanted& wanted_;
    Window window_;
    Scattered scattered_;
    Even alike_;
};

}  // namespace

bool increases(const Indexed& indexed, const Grid& grid, const Wanted& wanted, std::size_t from, std::size_t until,
               double* values, std::uint8_t* present) {
    if (indexed.ragged.serves(wanted.window, grid)) {
        return indexed.ragged.increases(indexed.series, grid, wanted, from, until, values, present);
    }
    Reader reader(indexed.series, grid, wanted);
    bool all = true;
    for (std::size_t i = from; i < until;) {
        const std::ptrdiff_t read = reader.read(i, until, values + (i - from));
        const auto steps = static_cast<std::size_t>(read < 0 ? -read : read);
        std::fill_n(present + (i - from), steps, static_cast<std::uint8_t>(read > 0));
        all &= read > 0;
        i += steps;
    }
    reader.finish();
    return all;
}

}  // namespace emberline::ranges
