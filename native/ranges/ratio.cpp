#include "ratio.hpp"

#include "increase.hpp"

namespace emberline::ranges {

namespace {

class Sides {
public:
    Sides(const Tile& tile, std::int64_t window) : tile_(tile), wanted_{window, false, tile.profile} {}

    // `sum(increase(selector[window]))` of one side; absent everywhere for a side without series.
    Column operator[](std::int64_t side) const {
        const Places members = tile_.program.sides[static_cast<std::size_t>(side)];
        if (members.size() == 1) {
            Column only = increase(members[0]);
            if (tile_.profile.compensated) settle(only);
            return only;
        }
        Sum sum(tile_.room, tile_.size(), tile_.profile.compensated);
        for (const std::int64_t member : members) sum.add(increase(member));
        return sum.take();
    }

    // Several sides added up; one that is absent where another is present counts as 0 times that other.
    Column sum(Places sides) const {
        if (sides.size() == 1) return (*this)[sides[0]];
        std::vector<Column> each;
        for (const std::int64_t side : sides) each.push_back((*this)[side]);
        Column total = filled(each, 0);
        for (std::size_t i = 1; i < each.size(); ++i) add(total, filled(each, i));
        return total;
    }

private:
    static Column filled(const std::vector<Column>& each, std::size_t place) {
        Column column = each[place];
        for (std::size_t i = 0; i < each.size(); ++i) {
            if (i != place) otherwise(column, nothing(each[i]));
        }
        return column;
    }

    Column increase(std::int64_t member) const {
        const Indexed& series = *tile_.series[static_cast<std::size_t>(member)];
        Column column(tile_.room, tile_.size());
        column.full = increases(series, tile_.grid, wanted_, tile_.from, tile_.until, column.values.data(),
                                column.present.data());
        return column;
    }

    const Tile& tile_;
    Wanted wanted_;
};

Column bad_of(const Tile& tile, std::size_t ratio, const Sides& sides, const Column& total) {
    const Places bads = tile.program.bads[ratio];
    switch (static_cast<Bad>(tile.program.kinds[ratio])) {
        case Bad::counted: {
            Column bad = sides.sum(bads);
            if (!bad.full) otherwise(bad, nothing(total));
            return bad;
        }
        case Bad::remainder:
        case Bad::bucket: {
            Column good = sides.sum(bads);
            if (static_cast<Bad>(tile.program.kinds[ratio]) == Bad::remainder) otherwise(good, nothing(total));
            Column bad = total;
            subtract(bad, good);
            return bad;
        }
        case Bad::interpolated: {
            const Column lower = sides[bads[0]];
            Column within = sides[bads[1]];
            subtract(within, lower);
            scale(within, tile.program.weights[ratio]);
            Column good = lower;
            add(good, within);
            Column bad = total;
            subtract(bad, good);
            return bad;
        }
    }
    return total;  // no other kind passes the check of a program
}

}  // namespace

Events events_of(const Tile& tile, std::size_t ratio, std::int64_t window) {
    const Sides sides(tile, window);
    Column total = sides.sum(tile.program.totals[ratio]);
    Column bad = bad_of(tile, ratio, sides, total);
    return {std::move(bad), std::move(total)};
}

}  // namespace emberline::ranges
