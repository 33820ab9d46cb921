// pi_monte_carlo and matmul_checksum: floating-point work with reproducible results for the same seed.
#include "function/builtin.hpp"
#include "function/random.hpp"
#include "function/typed_function.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <vector>

namespace prun::builtin {
namespace {

double pi_monte_carlo(const CallContext& context, std::int64_t samples, std::optional<std::int64_t> seed) {
  if (samples < 1)
    throw std::invalid_argument(fmt::format("pi_monte_carlo takes samples >= 1, got samples = {}", samples));
  Random random(seed ? std::bit_cast<std::uint64_t>(*seed) : context.seed);
  std::int64_t inside = 0;
  for (std::int64_t i = 0; i < samples; ++i) {
    const double x = random.unit();
    const double y = random.unit();
    inside += x * x + y * y < 1.0;
  }
  return 4.0 * static_cast<double>(inside) / static_cast<double>(samples);
}

constexpr std::size_t tile = 64;  // a tile of doubles is 32 KiB: it stays in the first cache

/// A square matrix, row by row, padded with zeros to whole tiles, so that loops over a tile have a fixed length.
struct Matrix {
  explicit Matrix(std::size_t size) : n(size), stride((size + tile - 1) / tile * tile), cells(stride * stride) {}
  double* row(std::size_t i) { return cells.data() + i * stride; }

  void fill(Random& random) {
    for (std::size_t i = 0; i < n; ++i) std::generate_n(row(i), n, [&random] { return random.unit(); });
  }

  std::size_t n;
  std::size_t stride;
  std::vector<double> cells;
};

/// out += a * b for one tile of each, given by the address of its first cell.
void multiply_tile(const double* a, const double* __restrict b, double* __restrict out, std::size_t stride) {
  for (std::size_t i = 0; i < tile; ++i) {
    for (std::size_t k = 0; k < tile; ++k) {
      const double factor = a[i * stride + k];
      for (std::size_t j = 0; j < tile; ++j) out[i * stride + j] += factor * b[k * stride + j];
    }
  }
}

void multiply(Matrix& a, Matrix& b, Matrix& out) {
  for (std::size_t i = 0; i < a.stride; i += tile) {
    for (std::size_t k = 0; k < a.stride; k += tile) {
      for (std::size_t j = 0; j < a.stride; j += tile)
        multiply_tile(a.row(i) + k, b.row(k) + j, out.row(i) + j, a.stride);
    }
  }
}

double matmul_checksum(std::int64_t n, std::int64_t seed) {
  constexpr std::int64_t largest = 4096;  // three matrices of 128 MiB
  if (n < 1 || n > largest)
    throw std::invalid_argument(fmt::format("matmul_checksum takes n from 1 to {}, got n = {}", largest, n));
  const auto size = static_cast<std::size_t>(n);
  Matrix a(size), b(size), out(size);
  Random random(std::bit_cast<std::uint64_t>(seed));
  a.fill(random);
  b.fill(random);
  multiply(a, b, out);
  return std::accumulate(out.cells.begin(), out.cells.end(), 0.0);
}

}  // namespace

void add_numerics(Registry& registry) {
  const std::optional<std::int64_t> of_the_task;
  registry.add(make_function("pi_monte_carlo", "pi by random points; without a seed, by that of the task",
                             pi_monte_carlo, "samples", NamedParameter::with_default("seed", of_the_task)));
  registry.add(make_function("matmul_checksum", "multiplies two random n*n matrices and sums up the product",
                             matmul_checksum, "n", NamedParameter::with_default("seed", std::int64_t{0})));
}

}  // namespace prun::builtin
