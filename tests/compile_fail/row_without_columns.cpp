// refused with: visit_columns
#include <edgeopt/table.hpp>

struct Point {
  double x = 0;
};

#ifndef MISUSE
template <class Visit>
constexpr void visit_columns(const Point*, Visit&& visit) {
  visit("x", &Point::x);
}
#endif

int main() {
  return static_cast<int>(edgeopt::to_table(std::vector<Point>(1)).rows.size()) - 1;
}
