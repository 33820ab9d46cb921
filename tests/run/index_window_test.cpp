#include "run/index_window.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using prun::IndexWindow;

TEST_CASE("elements are found by index, and those between are fresh") {
  IndexWindow<std::string> window;
  CHECK_FALSE(window.has(0));
  window.extend_to(5) = "five";
  CHECK(window.at(5) == "five");
  CHECK(window.has(3));
  CHECK(window.at(3).empty());
  CHECK(window.begin() == 0);
}

TEST_CASE("elements that the window has passed no longer exist") {
  IndexWindow<std::string> window;
  window.extend_to(0) = "zero";
  window.extend_to(1) = "one";
  window.pop_front();
  CHECK_FALSE(window.has(0));
  CHECK(window.begin() == 1);
  CHECK(window.at(1) == "one");
}

TEST_CASE("an element that is passed is given up at once, and its place is fresh when it comes round again") {
  IndexWindow<std::shared_ptr<int>> window;
  const auto kept = std::make_shared<int>(1);
  window.extend_to(0) = kept;
  CHECK(kept.use_count() == 2);
  window.pop_front();
  CHECK(kept.use_count() == 1);
  for (std::uint64_t i = 1; i < 200; ++i) {
    REQUIRE(window.extend_to(i) == nullptr);
    window.at(i) = kept;
    window.pop_front();
  }
}

TEST_CASE("a window that moves on for long stays small and keeps what it holds as it grows") {
  IndexWindow<std::uint64_t> window;
  std::uint64_t end = 0;
  for (const std::uint64_t width : {3U, 15U, 16U, 17U, 100U, 1000U}) {
    for (int steps = 0; steps < 500; ++steps) {
      while (end < window.begin() + width) window.extend_to(end) = end, ++end;
      for (std::uint64_t i = window.begin(); i < end; i += 7) REQUIRE(window.at(i) == i);
      window.pop_front();
    }
  }
}

TEST_CASE("a window that holds nothing moves on without any memory") {
  IndexWindow<std::string> window;
  for (int i = 0; i < 1000; ++i) window.pop_front();
  CHECK(window.begin() == 1000);
  window.extend_to(1003) = "x";
  CHECK(window.at(1003) == "x");
}

TEST_CASE("more indexes can be finished at once than the window holds") {
  IndexWindow<std::shared_ptr<int>> window;
  const auto element = std::make_shared<int>(1);
  window.extend_to(3) = element;
  constexpr std::uint64_t many = std::uint64_t{1} << 50U;
  window.pop_front(many);
  CHECK(element.use_count() == 1);
  CHECK(window.begin() == many);
  window.extend_to(many + 2) = element;
  CHECK(window.at(many + 2) == element);
}

TEST_CASE("a window that holds nothing can begin anywhere, without room for what lies between") {
  IndexWindow<std::string> window;
  window.extend_to(3) = "x";
  window.at(3).clear();
  constexpr std::uint64_t far = std::uint64_t{1} << 50;
  window.begin_at(far);
  window.extend_to(far + 5) = "far";
  CHECK(window.at(far + 5) == "far");
  CHECK_FALSE(window.has(3));
  CHECK_FALSE(window.has(far + 1000));
}
