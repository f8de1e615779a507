//! Small dense matrices: solving symmetric systems, eigenvalues.
//!
//! Systems are scaled to unit diagonal before they are decomposed, so that a
//! count beside a total of millions does no harm. A column that depends on
//! earlier ones (pivot below [`DEPENDENT`] of its scale) is left out, as R's
//! regression does (Golub & Van Loan 2013, ch. 4 and 8).

/// Share of a column that must be its own for it to count as independent of the earlier ones.
pub const DEPENDENT: f64 = 1e-11;

/// A dense matrix, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    rows: usize,
    columns: usize,
    data: Vec<f64>,
}

impl Matrix {
    /// Makes a matrix of zeros.
    #[must_use]
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self { rows, columns, data: vec![0.0; rows * columns] }
    }

    /// Makes a matrix from a function of row and column.
    #[must_use]
    pub fn from_fn(rows: usize, columns: usize, value: impl Fn(usize, usize) -> f64) -> Self {
        let data =
            (0..rows).flat_map(|r| (0..columns).map(move |c| (r, c))).map(|(r, c)| value(r, c)).collect();
        Self { rows, columns, data }
    }

    /// Returns the number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Returns the number of columns.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Returns one number.
    #[must_use]
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.data[row * self.columns + column]
    }

    /// Sets one number.
    pub fn set(&mut self, row: usize, column: usize, value: f64) {
        self.data[row * self.columns + column] = value;
    }

    /// Adds to one number.
    pub fn add(&mut self, row: usize, column: usize, value: f64) {
        self.data[row * self.columns + column] += value;
    }

    /// Returns a row.
    #[must_use]
    pub fn row(&self, row: usize) -> &[f64] {
        &self.data[row * self.columns..(row + 1) * self.columns]
    }

    /// Adds `weight · x xᵀ`.
    pub fn add_outer(&mut self, weight: f64, x: &[f64]) {
        for (r, a) in x.iter().enumerate() {
            if *a != 0.0 {
                let row = &mut self.data[r * self.columns..(r + 1) * self.columns];
                row.iter_mut().zip(x).for_each(|(cell, b)| *cell += weight * a * b);
            }
        }
    }

    /// Returns the transpose.
    #[must_use]
    pub fn transposed(&self) -> Self {
        Self::from_fn(self.columns, self.rows, |r, c| self.at(c, r))
    }

    /// Returns the product; both must fit.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        let mut out = Self::zeros(self.rows, other.columns);
        for r in 0..self.rows {
            let own = &mut out.data[r * other.columns..(r + 1) * other.columns];
            for (k, factor) in self.row(r).iter().enumerate() {
                own.iter_mut().zip(other.row(k)).for_each(|(x, y)| *x += factor * y);
            }
        }
        out
    }

    /// Returns the product with a vector.
    #[must_use]
    pub fn times_vector(&self, vector: &[f64]) -> Vec<f64> {
        (0..self.rows).map(|r| self.row(r).iter().zip(vector).map(|(a, b)| a * b).sum()).collect()
    }

    /// Returns chosen rows and columns.
    #[must_use]
    pub fn part(&self, rows: &[usize], columns: &[usize]) -> Self {
        Self::from_fn(rows.len(), columns.len(), |r, c| self.at(rows[r], columns[c]))
    }

    /// Returns `vᵀ M v`.
    #[must_use]
    pub fn form(&self, vector: &[f64]) -> f64 {
        self.times_vector(vector).iter().zip(vector).map(|(a, b)| a * b).sum()
    }
}

/// A decomposed symmetric system that can be solved for many right-hand sides.
#[derive(Debug, Clone)]
pub struct Solver {
    scale: Vec<f64>,
    /// Lower triangle of the Cholesky factor of the scaled matrix; a dependent column is zero.
    factor: Matrix,
    independent: Vec<bool>,
}

impl Solver {
    /// Decomposes a symmetric, positive semidefinite matrix.
    #[must_use]
    pub fn new(matrix: &Matrix) -> Self {
        let n = matrix.rows;
        let scale: Vec<f64> = (0..n)
            .map(|i| {
                let d = matrix.at(i, i);
                if d > 0.0 && d.is_finite() { 1.0 / d.sqrt() } else { 0.0 }
            })
            .collect();
        let mut factor = Matrix::zeros(n, n);
        let mut independent = vec![false; n];
        for j in 0..n {
            let own: f64 = factor.row(j)[..j].iter().map(|x| x * x).sum();
            let pivot = matrix.at(j, j) * scale[j] * scale[j] - own;
            if pivot.is_nan() || pivot <= DEPENDENT {
                continue;
            }
            independent[j] = true;
            let root = pivot.sqrt();
            factor.set(j, j, root);
            for i in j + 1..n {
                let known: f64 = factor.row(i)[..j].iter().zip(&factor.row(j)[..j]).map(|(a, b)| a * b).sum();
                factor.set(i, j, (matrix.at(i, j) * scale[i] * scale[j] - known) / root);
            }
        }
        Self { scale, factor, independent }
    }

    /// Returns the columns that do not depend on earlier ones.
    #[must_use]
    pub fn independent(&self) -> &[bool] {
        &self.independent
    }

    /// Tells whether every column is independent of the others.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.independent.iter().all(|i| *i)
    }

    /// Solves for a right-hand side; dependent columns get zero.
    #[must_use]
    pub fn solve(&self, right: &[f64]) -> Vec<f64> {
        let n = self.scale.len();
        let mut x = vec![0.0; n];
        for i in (0..n).filter(|i| self.independent[*i]) {
            let known: f64 = (0..i).map(|k| self.factor.at(i, k) * x[k]).sum();
            x[i] = (right[i] * self.scale[i] - known) / self.factor.at(i, i);
        }
        for i in (0..n).rev().filter(|i| self.independent[*i]) {
            let known: f64 = (i + 1..n).map(|k| self.factor.at(k, i) * x[k]).sum();
            x[i] = (x[i] - known) / self.factor.at(i, i);
        }
        x.iter().zip(&self.scale).map(|(x, s)| x * s).collect()
    }

    /// Returns the inverse (with zero rows and columns where columns are dependent).
    #[must_use]
    pub fn inverse(&self) -> Matrix {
        let n = self.scale.len();
        let columns: Vec<Vec<f64>> = (0..n)
            .map(|c| self.solve(&(0..n).map(|r| f64::from(u8::from(r == c))).collect::<Vec<_>>()))
            .collect();
        Matrix::from_fn(n, n, |r, c| if self.independent[c] { columns[c][r] } else { 0.0 })
    }
}

/// Returns eigenvalues (largest first) with their vectors as columns, by Jacobi's rotations.
#[must_use]
pub fn eigen(matrix: &Matrix) -> (Vec<f64>, Matrix) {
    let n = matrix.rows;
    let mut a = matrix.clone();
    let mut vectors = Matrix::from_fn(n, n, |r, c| f64::from(u8::from(r == c)));
    let size: f64 = a.data.iter().map(|x| x * x).sum();
    // Convergence is quadratic; symmetric matrices of this size need six to ten sweeps.
    for _ in 0..60 {
        let off: f64 =
            (0..n).flat_map(|r| (0..r).map(move |c| (r, c))).map(|(r, c)| a.at(r, c).powi(2)).sum();
        if off.is_nan() || off <= 1e-34 * size {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut a, &mut vectors, p, q);
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|x, y| a.at(*y, *y).total_cmp(&a.at(*x, *x)));
    let values = order.iter().map(|i| a.at(*i, *i)).collect();
    (values, Matrix::from_fn(n, n, |r, c| vectors.at(r, order[c])))
}

/// Zeroes one pair off the diagonal.
fn rotate(a: &mut Matrix, vectors: &mut Matrix, p: usize, q: usize) {
    let apq = a.at(p, q);
    if apq == 0.0 {
        return;
    }
    let theta = (a.at(q, q) - a.at(p, p)) / (2.0 * apq);
    let tangent = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    let turned = |x: f64, y: f64| (cosine * x - sine * y, sine * x + cosine * y);
    for k in 0..a.rows {
        let (left, right) = turned(a.at(k, p), a.at(k, q));
        a.set(k, p, left);
        a.set(k, q, right);
    }
    for k in 0..a.rows {
        let (left, right) = turned(a.at(p, k), a.at(q, k));
        a.set(p, k, left);
        a.set(q, k, right);
        let (left, right) = turned(vectors.at(k, p), vectors.at(k, q));
        vectors.set(k, p, left);
        vectors.set(k, q, right);
    }
}

/// Returns a symmetric matrix with the eigenvalues of `base⁻¹ · matrix`, both symmetric; nothing when `base` is singular.
#[must_use]
pub fn relative(matrix: &Matrix, base: &Matrix) -> Option<Matrix> {
    let solver = Solver::new(base);
    if !solver.is_full() {
        return None;
    }
    let n = matrix.rows;
    let scaled = Matrix::from_fn(n, n, |r, c| matrix.at(r, c) * solver.scale[r] * solver.scale[c]);
    let half = lower_solve(&solver.factor, scaled);
    let both = lower_solve(&solver.factor, half.transposed());
    Some(Matrix::from_fn(n, n, |r, c| f64::midpoint(both.at(r, c), both.at(c, r))))
}

/// Solves `L X = B` for a lower triangle, row by row of all columns.
fn lower_solve(lower: &Matrix, mut x: Matrix) -> Matrix {
    let width = x.columns;
    for r in 0..x.rows {
        let (known, own) = x.data.split_at_mut(r * width);
        let own = &mut own[..width];
        for (k, row) in known.chunks(width).enumerate() {
            let factor = lower.at(r, k);
            own.iter_mut().zip(row).for_each(|(x, y)| *x -= factor * y);
        }
        let pivot = lower.at(r, r);
        for x in own {
            *x /= pivot;
        }
    }
    x
}
