# A scheduler of tasks that override one another's methods and pass parcels through linked queues.


class Parcel:
    def __init__(self, goal):
        self.goal = goal
        self.behind = None
        self.marks = [0] * 4


class Task:
    def __init__(self, rank):
        self.rank = rank
        self.waiting = None
        self.turns = 0

    def receive(self, parcel):
        parcel.behind = None
        if self.waiting is None:
            self.waiting = parcel
            return
        last = self.waiting
        while last.behind is not None:
            last = last.behind
        last.behind = parcel

    def turn(self, office):
        self.turns += 1
        parcel = self.waiting
        if parcel is not None:
            self.waiting = parcel.behind
        return self.work(office, parcel)

    def work(self, office, parcel):
        return 0


class Sleeper(Task):
    def __init__(self):
        super().__init__(rank=0)
        self.bits = 1

    def work(self, office, parcel):
        if self.bits % 2:
            self.bits = self.bits // 2 ^ 0xB400
            return 1
        self.bits //= 2
        return 2


class Stamper(Task):
    def __init__(self):
        super().__init__(rank=5)
        self.mark = 0
        self.goal = 3

    def work(self, office, parcel):
        if parcel is None:
            return 0
        self.goal = 5 - self.goal
        for index in range(4):
            self.mark = self.mark % 26 + 1
            parcel.marks[index] = 96 + self.mark
        office.post(parcel, self.goal)
        return 3


class Reader(Task):
    def __init__(self, rank):
        super().__init__(rank)
        self.total = 0

    def work(self, office, parcel):
        if parcel is None:
            return 0
        self.total = (self.total + parcel.marks[1] * parcel.marks[2]) % 65_521
        office.post(parcel, 1)
        return 4


class Office:
    def __init__(self):
        self.tasks = [Sleeper(), Stamper(), Reader(7), Reader(8)]

    def post(self, parcel, goal):
        parcel.goal = goal
        self.tasks[goal].receive(parcel)

    def open(self, rounds):
        done = 0
        for _ in range(rounds):
            for task in self.tasks:
                done += task.turn(self)
        return done


office = Office()
for _ in range(3):
    office.post(Parcel(1), 1)
print(office.open(300_000), office.tasks[2].total, office.tasks[3].total)
