// The bar, the rows, the plain line and the object of JSON.
#include "progress/frame.hpp"

#include "progress/text_width.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using namespace prun;
using namespace std::chrono_literals;

namespace {

Snapshot in_the_middle() {
  Snapshot s;
  s.done = 412;
  s.failed = 3;
  s.total = 938;
  s.running = 8;
  s.rate = 2.13;
  s.elapsed = 724s;
  s.left = Estimate::Left{722s, 900s, 1259s};
  s.longest = {{77, 538s, "./sim 77"}, {80, 12s, "./sim 80"}};
  return s;
}

constexpr std::string_view whole_bar =
    "[ 412/938  43%] 3 failed  8 running  2.1/s  12:04 elapsed  ~15m left (12-21m)  longest: 8m58s ./sim 77";

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("the bar shows everything if there is room") { CHECK(bar(in_the_middle(), 200) == whole_bar); }

TEST_CASE("the bar shows no failures if there are none, and no longest task if none is old") {
  Snapshot s = in_the_middle();
  s.failed = 0;
  s.longest[0].age = 900ms;
  CHECK(bar(s, 200) == "[ 412/938  43%] 8 running  2.1/s  12:04 elapsed  ~15m left (12-21m)");
}

TEST_CASE("of an unknown total the bar shows count, rate and elapsed time") {
  Snapshot s = in_the_middle();
  s.total.reset();
  s.left.reset();
  s.failed = 0;
  CHECK(bar(s, 200) == "[412] 2.1/s  12:04 elapsed");
}

TEST_CASE("a bar is never wider than the terminal and keeps the most important parts") {
  for (std::size_t columns = 9; columns < 120; ++columns) {
    CAPTURE(columns);
    CHECK(columns_of(bar(in_the_middle(), columns)) <= columns);
  }
  CHECK(bar(in_the_middle(), 9) == "412/938");
  CHECK(bar(in_the_middle(), 6) == "43%");
  CHECK(bar(in_the_middle(), 16) == "[ 412/938  43%]");
  CHECK(bar(in_the_middle(), 28) == "[ 412/938  43%]  ~15m left");
  CHECK(bar(in_the_middle(), 37) == "[ 412/938  43%] 3 failed  ~15m left");
}

TEST_CASE("the name of the longest task is shortened if there is no room") {
  Snapshot s = in_the_middle();
  s.longest[0].text = "./sim --with a great many options 77";
  const std::string line = bar(s, 110);
  CHECK(line.size() == 110);
  CHECK(line.ends_with("longest: 8m58s ./sim --with ..."));
}

TEST_CASE("wide characters count two columns") {
  Snapshot s = in_the_middle();
  s.longest[0].text = std::string(10, 'x');
  for (int i = 0; i < 40; ++i) s.longest[0].text += "\u6f22";
  for (std::size_t columns = 100; columns < 140; ++columns) CHECK(columns_of(bar(s, columns)) <= columns);
}

TEST_CASE("rows are the longest-running tasks with memory and last line, below the bar") {
  Snapshot s = in_the_middle();
  s.longest[0].memory = 1'288'490'189;
  s.longest[0].last_output = "step 12 of 90";
  CHECK(bar_and_rows(s, 80, 10) ==
        Lines{"[ 412/938  43%] 3 failed  8 running  2.1/s  12:04 elapsed  ~15m left (12-21m)",
              "   8m58s  1.2G  ./sim 77 | step 12 of 90", "     12s        ./sim 80"});
}

TEST_CASE("rows are as many as fit, and say why nothing starts first") {
  Snapshot s = in_the_middle();
  s.hold_up = "nothing starts: too little memory is free";
  const auto lines = bar_and_rows(s, 60, 3);
  REQUIRE(lines.size() == 3);
  CHECK(lines[1] == "nothing starts: too little memory is free");
  CHECK(lines[2] == "   8m58s        ./sim 77");
}

TEST_CASE("a plain line is a sentence") {
  CHECK(plain_line(in_the_middle()) ==
        "412 of 938 tasks done (43%), 3 failed, 8 running, 2.1/s, 12:04 elapsed, ~15m left (12-21m)");
}

TEST_CASE("an object of JSON has the keys that are described") {
  Snapshot s = in_the_middle();
  s.longest[0].text = "say \"no\\\"";
  s.hold_up = "nothing starts: x";
  const auto object = nlohmann::json::parse(json_line(s, false));
  CHECK(object == nlohmann::json{{"v", 1},
                                 {"done", 412},
                                 {"failed", 3},
                                 {"running", 8},
                                 {"total", 938},
                                 {"rate", 2.13},
                                 {"elapsed", 724.0},
                                 {"left", 900.0},
                                 {"left_low", 722.0},
                                 {"left_high", 1259.0},
                                 {"longest", {{"task", 77}, {"age", 538.0}, {"call", "say \"no\\\""}}},
                                 {"held_back", "nothing starts: x"}});
  const auto little = nlohmann::json::parse(json_line({}, false));
  CHECK_FALSE(little.contains("total"));
  CHECK_FALSE(little.contains("left"));
  CHECK_FALSE(little.contains("end"));
}

TEST_CASE("the last object of JSON says that it is the last, and estimates nothing") {
  const auto object = nlohmann::json::parse(json_line(in_the_middle(), true));
  CHECK(object.at("end") == true);
  for (const char* key : {"left", "left_low", "left_high"}) CHECK_FALSE(object.contains(key));
}

TEST_CASE("one task is not called tasks") {
  Snapshot s;
  s.total = 1;
  CHECK(plain_line(s).starts_with("0 of 1 task done (0%), "));
  s.total.reset();
  s.done = 1;
  CHECK(plain_line(s).starts_with("1 task done, "));
  s.done = 2;
  CHECK(plain_line(s).starts_with("2 tasks done, "));
}

TEST_CASE("a text is cut to columns, not to bytes") {
  CHECK(columns_of("abc") == 3);
  CHECK(columns_of("\u00e9t\u00e9") == 3);
  CHECK(columns_of("\u6f22\u5b57") == 4);
  CHECK(columns_of("e\u0301") == 1);
  CHECK(fit("abcdefghij", 10) == "abcdefghij");
  CHECK(fit("abcdefghij", 9) == "abcdef...");
  CHECK(fit("abcdefghij", 3) == "abc");
  CHECK(fit("\u6f22\u6f22\u6f22\u6f22\u6f22", 8) == "\u6f22\u6f22...");
}
