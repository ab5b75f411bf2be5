#include "transitions.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <thread>

#include "condition.hpp"

namespace emberline::ranges {

namespace {

// Follows one alert through its tiles.
class Course {
public:
    Course(std::int64_t alert, std::int64_t hold, std::int64_t keep) : alert_(alert), state_(hold, keep) {}

    void go(const Flags& holding, const Grid& grid, std::size_t from, std::vector<Transition>& found) {
        for (std::size_t i = 0; i < holding.size(); ++i) {
            const Status before = state_.status();
            if (before == Status::inactive) {
                const void* const next = std::memchr(holding.data() + i, 1, holding.size() - i);
                if (next == nullptr) return;
                i = static_cast<std::size_t>(static_cast<const std::uint8_t*>(next) - holding.data());
            }
            const Status after = state_.step(holding[i] != 0, grid[from + i]);
            if (after != before) found.push_back({alert_, static_cast<std::int64_t>(from + i), after});
            if (after != Status::firing || holding[i] == 0) continue;
            // It goes on firing for as long as it holds.
            const void* const end = std::memchr(holding.data() + i, 0, holding.size() - i);
            if (end == nullptr) return;
            i = static_cast<std::size_t>(static_cast<const std::uint8_t*>(end) - holding.data()) - 1;
        }
    }

private:
    std::int64_t alert_;
    State state_;
};

// Evaluates units one after the other, and keeps the room that they need.
class Worker {
public:
    Worker(const Samples& samples, const Program& program, const Grid& grid, const Profile& profile)
        : samples_(samples),
          program_(program),
          grid_(grid),
          profile_(profile),
          series_(samples.size()),
          bounds_(program, grid, series_) {}

    std::optional<Disorder> run(std::size_t unit, std::vector<Transition>& found) {
        const auto first = static_cast<std::size_t>(program_.units[unit]);
        const auto last = static_cast<std::size_t>(program_.units[unit + 1]);
        if (const auto disorder = read(first, last)) return disorder;
        std::vector<Course> courses;
        for (std::size_t alert = first; alert < last; ++alert) {
            courses.emplace_back(static_cast<std::int64_t>(alert), program_.holds[alert], program_.keeps[alert]);
        }
        bounds_.clear();
        Composed composed(program_, profile_, grid_, series_, columns_);
        for (std::size_t from = 0; from < grid_.size(); from += tile_size) {
            const Tile tile{program_, profile_, grid_,   series_, from, std::min(from + tile_size, grid_.size()),
                            columns_};
            Conditions conditions(tile, composed, bounds_);
            for (std::size_t i = 0; i < courses.size(); ++i) {
                courses[i].go(conditions.holding(program_.conditions[first + i]), grid_, from, found);
            }
        }
        std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.alert < b.alert; });
        return {};
    }

private:
    // Cuts the series of the unit into runs.
    std::optional<Disorder> read(std::size_t first, std::size_t last) {
        for (const std::size_t place : held_) series_[place] = nullptr;
        held_.clear();
        for (std::size_t alert = first; alert < last; ++alert) {
            for (const std::int64_t code : program_.conditions[alert]) {
                if (code < 0) continue;
                const auto ratio = static_cast<std::size_t>(program_.ratios[static_cast<std::size_t>(code)]);
                for (const Places sides : {program_.totals[ratio], program_.bads[ratio]}) {
                    if (const auto disorder = read(sides)) return disorder;
                }
            }
        }
        return {};
    }

    std::optional<Disorder> read(Places sides) {
        for (const std::int64_t side : sides) {
            for (const std::int64_t member : program_.sides[static_cast<std::size_t>(side)]) {
                const auto place = static_cast<std::size_t>(member);
                if (series_[place] != nullptr) continue;
                if (const auto fault = hold(place)) return Disorder{place, *fault};
            }
        }
        return {};
    }

    std::optional<std::size_t> hold(std::size_t place) {
        if (held_.size() == room_.size()) room_.push_back(std::make_unique<Indexed>());
        Indexed& series = *room_[held_.size()];
        held_.push_back(place);
        series_[place] = &series;
        const auto [times, values] = samples_[place];
        return series.read(times, values, grid_, profile_.closed);
    }

    const Samples& samples_;
    const Program& program_;
    const Grid& grid_;
    const Profile& profile_;
    std::vector<const Indexed*> series_;  // by place; null for what the unit does not read
    std::vector<std::size_t> held_;
    std::vector<std::unique_ptr<Indexed>> room_;
    Room columns_;
    Bounds bounds_;
};

struct Ran {
    std::vector<Transition> transitions;
    std::optional<Disorder> disorder;
};

}  // namespace

Outcome transitions(const Samples& samples, const Program& program, const Grid& grid, const Profile& profile,
                    std::size_t threads) {
    std::vector<Ran> ran(program.units.size() - 1);
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        Worker worker(samples, program, grid, profile);
        for (std::size_t unit = next++; unit < ran.size(); unit = next++) {
            ran[unit].disorder = worker.run(unit, ran[unit].transitions);
        }
    };
    {
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < std::min(threads, ran.size()); ++i) others.emplace_back(work);
        work();
    }
    Outcome outcome;
    for (const Ran& unit : ran) {
        if (unit.disorder && (!outcome.disorder || unit.disorder->series < outcome.disorder->series)) {
            outcome.disorder = unit.disorder;
        }
        outcome.transitions.insert(outcome.transitions.end(), unit.transitions.begin(), unit.transitions.end());
    }
    return outcome;
}

}  // namespace emberline::ranges
