#include "task/bytes_cell.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using prun::BytesCell;

TEST_CASE("a cell holds bytes of any size, the short ones in itself") {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{11}, std::size_t{12}, std::size_t{100'000}}) {
    std::string bytes(size, 'x');
    if (size > 0) bytes.back() = '\0';
    const BytesCell cell(bytes, 7);
    CHECK(cell.view() == bytes);
    CHECK(cell.size() == size);
    CHECK(cell.tag() == 7);
    const bool inside = cell.view().data() >= reinterpret_cast<const char*>(&cell) &&
                        cell.view().data() < reinterpret_cast<const char*>(&cell + 1);
    CHECK(inside == (size <= 11));
  }
}

TEST_CASE("a fresh cell is empty") {
  const BytesCell cell;
  CHECK(cell.view().empty());
  CHECK(cell.tag() == 0);
}

TEST_CASE("moving leaves an empty cell behind") {
  BytesCell from(std::string(100, 'a'), 1);
  const BytesCell to(std::move(from));
  CHECK(to.view() == std::string(100, 'a'));
  CHECK(to.tag() == 1);
  CHECK(from.view().empty());
}

TEST_CASE("assigning replaces what was there, long over short, short over long, and a cell over itself") {
  BytesCell cell("short", 1);
  cell = BytesCell(std::string(50, 'l'), 2);
  CHECK(cell.view() == std::string(50, 'l'));
  cell = BytesCell("tiny", 3);
  CHECK(cell.view() == "tiny");
  CHECK(cell.tag() == 3);
  BytesCell& same = cell;
  cell = std::move(same);
  CHECK(cell.view() == "tiny");
  CHECK(cell.tag() == 3);
}

TEST_CASE("a view of nothing, without data, is kept as no bytes") {
  const BytesCell cell(std::string_view{}, 3);
  CHECK(cell.view().empty());
  CHECK(cell.tag() == 3);
}
