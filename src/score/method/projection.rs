//! Residuals of calibrated weights: what calibration leaves of an estimate's error.
//!
//! Weights that meet known totals are no fixed numbers. An estimate under them
//! varies like the total of the calibrated weights times the residuals of its
//! influence values from their regression on the calibration variables, by the
//! weights before calibration (Deville & Särndal 1992, eq. 3.4; the same for
//! every distance function). With margins the variables are indicators of
//! categories, and fitted values are sums of one number a margin. Residuals
//! outside of a domain are not zero: every respondent gets one.

use crate::score::method::linalg::{Matrix, Solver};

/// Calibration variables of every respondent.
#[derive(Debug, Clone)]
enum Variables {
    /// Category of every respondent, one list a margin, with where the margin's columns begin.
    Margins(Vec<(usize, Vec<usize>)>),
    /// Numbers, a row a respondent.
    Numbers(Matrix),
}

/// The regression on calibration variables, decomposed once and used for many estimates.
#[derive(Debug, Clone)]
pub struct Projection {
    variables: Variables,
    /// Weights before calibration, of all people of a unit.
    weights: Vec<f64>,
    columns: usize,
    solver: Solver,
}

impl Projection {
    /// Prepares for margins (a single one for post-strata): the category of every respondent, and the weights before.
    ///
    /// A row that stands for several people has the weight of all of them.
    #[must_use]
    pub fn margins(categories: &[Vec<usize>], weights: &[f64]) -> Self {
        let mut columns = 0;
        let mut lists = Vec::new();
        for list in categories {
            lists.push((columns, list.clone()));
            columns += list.iter().max().map_or(0, |m| m + 1);
        }
        let mut cross = Matrix::zeros(columns, columns);
        let mut places = vec![0; lists.len()];
        for (i, w) in weights.iter().enumerate() {
            places.iter_mut().zip(&lists).for_each(|(p, (from, list))| *p = from + list[i]);
            for &a in &places {
                for &b in &places {
                    cross.add(a, b, *w);
                }
            }
        }
        let solver = Solver::new(&cross);
        Self { variables: Variables::Margins(lists), weights: weights.to_vec(), columns, solver }
    }

    /// Returns the category of every respondent, one list a margin; none where the variables are numbers.
    #[must_use]
    pub fn categories(&self) -> Vec<&[usize]> {
        match &self.variables {
            Variables::Margins(lists) => lists.iter().map(|(_, list)| list.as_slice()).collect(),
            Variables::Numbers(_) => Vec::new(),
        }
    }

    /// Returns the same regression with other rows: for each a place among the rows of this one, and its weight.
    #[must_use]
    pub fn picked(&self, places: &[usize], weights: &[f64]) -> Self {
        let variables = match &self.variables {
            Variables::Margins(lists) => {
                let picked = |list: &[usize]| places.iter().map(|i| list[*i]).collect();
                Variables::Margins(lists.iter().map(|(from, list)| (*from, picked(list))).collect())
            }
            Variables::Numbers(rows) => {
                let one = |i: usize, k: usize| rows.at(places[i], k);
                Variables::Numbers(Matrix::from_fn(places.len(), rows.columns(), one))
            }
        };
        Self { variables, weights: weights.to_vec(), columns: self.columns, solver: self.solver.clone() }
    }

    /// Prepares for numbers: a row of calibration variables a respondent, and the weights before.
    #[must_use]
    pub fn numbers(rows: Matrix, weights: &[f64]) -> Self {
        let columns = rows.columns();
        let mut cross = Matrix::zeros(columns, columns);
        for (i, w) in weights.iter().enumerate() {
            cross.add_outer(*w, rows.row(i));
        }
        let solver = Solver::new(&cross);
        Self { variables: Variables::Numbers(rows), weights: weights.to_vec(), columns, solver }
    }

    /// Returns every respondent's residual; influence values that are not listed are zero.
    #[must_use]
    pub fn residuals(&self, influence: &[(usize, f64)]) -> Vec<(usize, f64)> {
        let mut moment = vec![0.0; self.columns];
        let mut out: Vec<(usize, f64)> = (0..self.weights.len()).map(|i| (i, 0.0)).collect();
        for &(i, z) in influence {
            let wz = self.weights[i] * z;
            match &self.variables {
                Variables::Margins(lists) => {
                    for (from, list) in lists {
                        moment[from + list[i]] += wz;
                    }
                }
                Variables::Numbers(rows) => {
                    for (m, x) in moment.iter_mut().zip(rows.row(i)) {
                        *m += wz * x;
                    }
                }
            }
            out[i].1 += z;
        }
        let slope = self.solver.solve(&moment);
        for (i, z) in &mut out {
            *z -= match &self.variables {
                Variables::Margins(lists) => {
                    lists.iter().map(|(from, list)| slope[from + list[*i]]).sum::<f64>()
                }
                Variables::Numbers(rows) => rows.row(*i).iter().zip(&slope).map(|(x, b)| x * b).sum(),
            };
        }
        out
    }
}
