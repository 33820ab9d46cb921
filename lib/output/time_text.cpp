// See time_text.hpp.
#include "output/time_text.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <ctime>

namespace prun {

namespace {

using std::chrono::floor;
using std::chrono::microseconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using std::chrono::system_clock;

void put_two_digits(char* at, std::uint32_t below_100) noexcept {
  at[0] = static_cast<char>('0' + below_100 / 10);
  at[1] = static_cast<char>('0' + below_100 % 10);
}

void put_microseconds(char* at, system_clock::time_point time, sys_seconds second) noexcept {
  const auto rest = static_cast<std::uint32_t>(floor<microseconds>(time - second).count());
  put_two_digits(at, rest / 10'000);  // three independent pairs: a chain of six divisions took longer than all the rest
  put_two_digits(at + 2, rest / 100 % 100);
  put_two_digits(at + 4, rest % 100);
}

constexpr std::size_t time_of_day_size = 15;

}  // namespace

TimeOfDay::TimeOfDay() { ::tzset(); }  // so that localtime_r need not check TZ itself

std::string_view TimeOfDay::text(system_clock::time_point time) {
  const auto second = floor<seconds>(time);
  if (second != second_) {
    const std::time_t clock = system_clock::to_time_t(second);
    std::tm local{};
    ::localtime_r(&clock, &local);
    put_two_digits(&text_[0], static_cast<std::uint32_t>(local.tm_hour));
    put_two_digits(&text_[3], static_cast<std::uint32_t>(local.tm_min));
    put_two_digits(&text_[6], static_cast<std::uint32_t>(local.tm_sec));
    text_[2] = text_[5] = ':';
    text_[8] = '.';
    second_ = second;
  }
  put_microseconds(&text_[9], time, second);
  return {text_.data(), time_of_day_size};
}

void UtcTime::append(std::string& out, system_clock::time_point time) {
  const auto second = floor<seconds>(time);
  if (second != second_) {
    const auto day = floor<std::chrono::days>(second);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(second - day);
    text_ = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.000000Z", static_cast<int>(date.year()),
                        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                        clock.minutes().count(), clock.seconds().count());
    second_ = second;
  }
  put_microseconds(text_.data() + text_.size() - 7, time, second);
  out += text_;
}

}  // namespace prun
